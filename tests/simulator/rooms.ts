import type { EventSchemas } from '@rt/core';
import type { Gates } from './gates.ts';
import type { Permissions } from './permissions.ts';
import type { Setup } from './schedule.ts';

/** The engine that is simulated: the package, or a copy of it with a bug. */
export type Core = typeof import('@rt/core');

/** The app of a simulated hub: `room:{id}` asks its rules, `wide:{id}` lets anyone do everything. */
export function rooms(core: Core, { keep, slow }: Setup, gates: Gates, permissions: Permissions) {
  const events = { said: anything(() => null), checked: anything(() => gates.pass('schema')) };
  return core.defineChannels({
    'room:{id}': core.channel({
      events,
      keep,
      slow,
      subscribe: ({ user, channel }) => late(gates, permissions.ask('subscribe', String(user), channel)),
      publish: ({ user, channel }) => late(gates, permissions.ask('publish', String(user), channel)),
      send: 'anyone',
    }),
    'wide:{id}': core.channel({ events, keep, slow, subscribe: 'anyone', publish: 'anyone', send: 'anyone' }),
  });
}

/** The answer of a rule, which is of the moment when it was asked, however late it comes. */
function late(gates: Gates, allowed: boolean): boolean | Promise<boolean> {
  return gates.pass('rule')?.then(() => allowed) ?? allowed;
}

/** A schema that takes everything, as late as its gate opens. */
function anything(gate: () => Promise<void> | null): EventSchemas[string] {
  return {
    '~standard': {
      version: 1,
      vendor: 'simulator',
      validate: (value) => gate()?.then(() => ({ value })) ?? { value },
    },
  };
}
