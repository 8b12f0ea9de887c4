import type { Channels, EventsByPattern, StatesByPattern } from './channels/define-channel.ts';
import { CoreHub } from './core-hub.ts';
import type { Hub } from './hub.ts';
import type { HubOptions } from './options.ts';

/** Creates a hub over an app's channels. @throws RtError `definition_invalid`, `option_invalid` */
export function createHub<Map extends EventsByPattern, States extends StatesByPattern>(
  options: HubOptions & { readonly channels: Channels<Map, States> },
): Hub<Map, States> {
  // The definitions were typed where they were written; from here on a channel is known by its name alone.
  return new CoreHub(options) as unknown as Hub<Map, States>;
}
