import type { EventSchemas, PresenceOptions } from '@rt/core';
import type { Gates } from './gates.ts';
import type { Operation, Permissions } from './permissions.ts';
import type { PresenceSetup, Setup } from './setup.ts';

/** The engine that is simulated: the package, or a copy of it with a bug. */
export type Core = typeof import('@rt/core');

/** The app of a simulated hub: `room:{id}` asks its rules, `wide:{id}` lets anyone do everything. */
export function rooms(core: Core, { keep, slow, presence }: Setup, gates: Gates, permissions: Permissions) {
  const events = { said: anything(() => null), checked: anything(() => gates.pass('schema')) };
  const options = { events, keep, slow, ...(presence !== null && { presence: membership(presence) }) };
  const ask = (operation: Operation, user: unknown, channel: string): boolean | Promise<boolean> =>
    late(gates, permissions, permissions.ask(operation, String(user), channel));
  return core.defineChannels({
    'room:{id}': core.channel({
      ...options,
      subscribe: ({ user, channel }) => ask('subscribe', user, channel),
      publish: ({ user, channel }) => ask('publish', user, channel),
      enter: ({ user, channel }) => ask('enter', user, channel),
      members: ({ user, channel }) => ask('members', user, channel),
      send: 'anyone',
    }),
    'wide:{id}': core.channel({ ...options, subscribe: 'anyone', publish: 'anyone', enter: 'anyone', send: 'anyone' }),
  });
}

/** The answer of a rule, which is of the moment when it was asked, however late it comes. */
function late(gates: Gates, permissions: Permissions, allowed: boolean): boolean | Promise<boolean> {
  const answer = gates.pass('rule')?.then(() => allowed);
  answer?.catch(() => permissions.failed());
  return answer ?? allowed;
}

/** What members show takes everything. */
function membership({ graceMs, listUpTo, mergeMs }: PresenceSetup): PresenceOptions {
  return { state: anything(() => null), graceMs, listUpTo, mergeMs };
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
