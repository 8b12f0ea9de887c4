import type { Client } from './client.ts';
import type { Journal } from './journal.ts';
import type { Permissions } from './permissions.ts';
import { connectionsOf } from './presence-life.ts';
import type { RecordedPresence } from './recorded-presence.ts';
import type { Server } from './server.ts';
import { SessionClient } from './session-client.ts';
import { StreamClient } from './stream-client.ts';

/** What is known of a world in which nothing happens any more. */
interface Quiet {
  readonly channels: readonly string[];
  readonly crowd: number;
  readonly journal: Journal;
  readonly permissions: Permissions;
}

/** Compares who is where, once everything is quiet and every grace is over, with who really is there. */
export async function checkPresence(
  server: Server,
  clients: readonly Client[],
  { channels, crowd, journal, permissions }: Quiet,
): Promise<void> {
  const { presence } = server;
  if (presence === null) return;
  const sessions = clients.filter((client) => client instanceof SessionClient);
  const overdue = presence.ledger.overdue();
  if (overdue !== null) journal.fail(overdue);
  for (const channel of channels) {
    checkMembers(channel, sessions, { presence, crowd, journal });
    const { count, connections } = await server.members(channel);
    const roster = presence.ledger.roster(channel);
    if (count !== roster.size || connections !== connectionsOf(roster)) {
      journal.fail(`the hub says that ${count} are in ${channel}, and there are ${roster.size}`);
    }
    for (const { user, talk, views } of sessions) {
      const fault = talk?.subscribed.get(channel) === true ? views.fault(channel, presence.ledger) : null;
      if (fault !== null) journal.fail(`${user} ${fault}`);
    }
  }
  for (const session of sessions) checkAskedAgain(session, permissions, journal);
  checkOnline(clients, presence, journal);
  for (const channel of server.followed) {
    if (!presence.ledger.roster('rt.occupied').has(channel)) journal.fail(`${channel} is read, and not occupied`);
  }
}

function checkMembers(
  channel: string,
  sessions: readonly SessionClient[],
  {
    presence,
    crowd,
    journal,
  }: { readonly presence: RecordedPresence; readonly crowd: number; readonly journal: Journal },
): void {
  const really = new Map<string, number[]>();
  for (const { user, talk } of sessions) {
    const state = talk?.entered.get(channel);
    if (state !== undefined) really.set(user, [...(really.get(user) ?? []), state]);
  }
  const roster = presence.ledger.roster(channel);
  if (roster.size !== really.size + crowd && presence.overtaken.size === 0) {
    journal.fail(
      `${[...really.keys()].join(', ')} are in ${channel}, and its members are ${[...roster.keys()].join(', ')}`,
    );
  }
  for (const [user, states] of really) {
    if (presence.overtaken.has(user)) continue;
    const member = roster.get(user);
    if (member === undefined) journal.fail(`${user} is in ${channel}, and is no member`);
    else if (member.connections !== states.length || !states.includes(Number(member.state))) {
      journal.fail(
        `${user} is in ${channel} with ${states.join(', ')}, and is a member with ${JSON.stringify(member)}`,
      );
    }
  }
}

/** Who has come with a new token is no member where that was denied by then. */
function checkAskedAgain({ user, talk }: SessionClient, permissions: Permissions, journal: Journal): void {
  const refreshed = talk?.refreshed ?? null;
  if (talk === null || refreshed === null) return;
  for (const channel of talk.entered.keys()) {
    const denied = permissions.deniedSince({ operation: 'enter', user, channel });
    if (channel.startsWith('room:') && denied !== null && denied.order < refreshed.order) {
      journal.fail(`${user} is denied to enter ${channel} since before a new token came, and is a member`);
    }
  }
}

/** Who has a connection is online. Whoever polls has one now and then. */
function checkOnline(clients: readonly Client[], presence: RecordedPresence, journal: Journal): void {
  const online = new Set(
    clients
      .filter(
        (client) =>
          (client instanceof SessionClient && client.talk !== null) || (client instanceof StreamClient && client.open),
      )
      .map(({ user }) => user),
  );
  const roster = presence.ledger.roster('rt.online');
  for (const user of online) if (!roster.has(user)) journal.fail(`${user} is connected, and not online`);
  const polls = new Set(clients.filter(({ kind }) => kind === 'poll').map(({ user }) => user));
  for (const user of roster.keys()) {
    if (!online.has(user) && !polls.has(user)) journal.fail(`${user} is online, and not connected`);
  }
}
