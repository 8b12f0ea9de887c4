import type { EventSchemas, PresenceOptions } from '@rt/core';
import type { Gates } from './gates.ts';
import type { Operation, Permissions } from './permissions.ts';
import type { PresenceSetup, Setup } from './setup.ts';

/** The engine that is simulated: the package, or a copy of it with a bug. */
export type Core = typeof import('@rt/core');

/** The app of a simulated hub: `room:{id}` asks its rules, `wide:{id}` lets anyone do everything. */
export function rooms(core: Core, { keep, slow, everyMs, presence }: Setup, gates: Gates, permissions: Permissions) {
  const by = (data: unknown): string => `k${Number(data) % 3}`;
  const waved = core.ephemeral(
    anything(() => null),
    { by },
  );
  const said = core.keyed(
    anything(() => null),
    { by },
  );
  const late = anything(() => gates.pass('schema'));
  const events = { said, checked: late, waved };
  const options = { events, keep, slow, everyMs, ...(presence !== null && { presence: membership(presence) }) };
  const ask = (operation: Operation, user: unknown, channel: string): boolean | Promise<boolean> =>
    answer(gates, permissions, permissions.ask(operation, String(user), channel));
  return core.defineChannels({
    'room:{id}': core.channel({
      ...options,
      subscribe: ({ user, channel }) => ask('subscribe', user, channel),
      publish: ({ user, channel }) => ask('publish', user, channel),
      enter: ({ user, channel }) => ask('enter', user, channel),
      members: ({ user, channel }) => ask('members', user, channel),
      send: 'anyone',
    }),
    'state:{id}': core.channel({
      ...options,
      events: {
        said,
        checked: core.keyed(late, { by, removes: true }),
        waved,
      },
      keep: { ...keep, newestPer: 'key' },
      ...open,
    }),
    'wide:{id}': core.channel({ ...options, ...open }),
  });
}

/** Anyone may do everything. */
const open = { subscribe: 'anyone', publish: 'anyone', enter: 'anyone', send: 'anyone' } as const;

/** The answer of a rule, which is of the moment when it was asked, however late it comes. */
function answer(gates: Gates, permissions: Permissions, allowed: boolean): boolean | Promise<boolean> {
  const late = gates.pass('rule')?.then(() => allowed);
  late?.catch(() => permissions.failed());
  return late ?? allowed;
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
