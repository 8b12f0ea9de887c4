import type { Channels, EventsByPattern, Hub, HubOptions } from '@rt/core';
import { RtError } from '@rt/core';
import type { ChannelClasses } from './channel-classes.ts';
import type { RtModuleOptions } from './options.ts';

/** Makes a hub over channels; `createHub` is one. */
export type CreateHub = (options: HubOptions & { readonly channels: Channels<EventsByPattern> }) => Hub;

/** The hub of an app. @throws RtError `definition_invalid`, `option_invalid` */
export function makeHub({ hub = {}, channels }: RtModuleOptions, classes: ChannelClasses, create: CreateHub): Hub {
  const isReady = 'handle' in hub;
  if (isReady && channels !== undefined) {
    throw new RtError('option_invalid', 'a hub that is made already takes no channels');
  }
  if (isReady) classes.requireHandlersOnly();
  // Its channels are known by their names alone from here on.
  const made = isReady ? (hub as unknown as Hub) : create({ ...hub, channels: withClasses(channels, classes) });
  classes.use(made);
  return made;
}

function withClasses(channels: RtModuleOptions['channels'], classes: ChannelClasses): Channels<EventsByPattern> {
  const made = classes.definitions();
  const twice = Object.keys(made).find((pattern) => channels?.definitions[pattern] !== undefined);
  if (twice !== undefined) {
    throw new RtError('definition_invalid', `"${twice}" has a definition and a class; keep one of them`);
  }
  return { definitions: { ...channels?.definitions, ...made } } as Channels<EventsByPattern>;
}
