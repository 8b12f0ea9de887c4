import type { Client } from './client.ts';
import type { Gates } from './gates.ts';
import type { Network } from './network.ts';
import type { Permissions } from './permissions.ts';
import type { Act } from './schedule.ts';
import type { Setup } from './setup.ts';
import type { Server } from './server.ts';
import { PostClient } from './post-client.ts';
import { SessionClient } from './session-client.ts';
import type { Wire } from './wire.ts';

/** Everything that a schedule acts on. */
export interface Stage {
  readonly setup: Setup;
  readonly network: Network;
  readonly gates: Gates;
  readonly permissions: Permissions;
  readonly clients: readonly Client[];
  /** All hubs; the last one takes what comes. */
  readonly servers: readonly Server[];
  readonly current: Server;
  /** Starts another hub, with an empty broker or with that of the last one. */
  start(loses: boolean): void;
  turn(): void;
  /** A number that nobody has published. */
  nextData(): number;
}

type ClientAct = Extract<Act, { readonly client: number }>;

/** Does what a step says, with those who are there. Time passes elsewhere. */
export function perform(stage: Stage, act: Exclude<Act, { readonly type: 'pass' }>): void {
  const { network, gates, current, clients } = stage;
  switch (act.type) {
    case 'publish':
      for (let n = 0; n < act.count; n += 1) current.publish(channelOf(stage, act), act.event, stage.nextData());
      return;
    case 'hold':
      return wireOf(stage, act)?.hold(act.way);
    case 'hold-next':
      network.nextHeld = act.way;
      return;
    case 'flow':
    case 'notice':
      return wireOf(stage, act)?.[act.type]();
    case 'deliver':
      return wireOf(stage, act)?.deliver(act.count);
    case 'cut':
      return wireOf(stage, act)?.cut(act.notices);
    case 'late':
      return gates.set(act.place, act.late);
    case 'release':
      return gates.release(act.gate, act.fails);
    case 'close':
      return current.close(act.withinMs);
    case 'start':
      return current.closing ? stage.start(act.loses) : undefined;
    case 'turn':
      return stage.turn();
    default:
      return performFor(clients[act.client % clients.length] as Client, stage, act);
  }
}

function performFor(client: Client, stage: Stage, act: ClientAct): void {
  const { user } = client;
  const { permissions, servers, current } = stage;
  if (act.type === 'disconnect') return current.throwOut(user, null, () => void current.hub.disconnect({ user }));
  if (act.type === 'quit') return client instanceof SessionClient ? client.quit() : undefined;
  if (act.type === 'repeat') return client instanceof SessionClient ? client.repeat(act.wish) : undefined;
  const channel = channelOf(stage, act);
  if (act.type === 'seek') return client.seek(channel, act.where);
  if (act.type === 'permit') {
    permissions.set(act.operation, user, channel, act.allowed);
    if (act.allowed) client.hope();
    if (act.refreshes && client instanceof SessionClient) client.ask('refresh');
    return;
  }
  if (act.type === 'revoke') {
    permissions.set('subscribe', user, channel, false);
    permissions.set('enter', user, channel, false);
    permissions.revoke(user, channel);
    for (const server of servers) {
      if (!server.closed) server.throwOut(user, channel, () => void server.hub.revoke({ user, channel }));
    }
    return;
  }
  if (act.type === 'say') return say(client, channel, stage, act);
  if (act.type === 'enter')
    return client instanceof SessionClient ? client.enter(channel, stage.nextData()) : undefined;
  if (client instanceof SessionClient) performIn(client, channel, act);
}

function performIn(
  client: SessionClient,
  channel: string,
  act: Extract<ClientAct, { readonly type: 'subscribe' | 'unsubscribe' | 'history' | 'ask' | 'exit' }>,
): void {
  switch (act.type) {
    case 'subscribe':
      return client.subscribe(channel, act.where);
    case 'unsubscribe':
      return client.unsubscribe(channel);
    case 'history':
      return client.history(channel, act.where, act.limit);
    case 'exit':
      return client.exit(channel);
    case 'ask':
      return client.ask(act.what, channel);
  }
}

function say(client: Client, channel: string, stage: Stage, act: Extract<Act, { readonly type: 'say' }>): void {
  if (!(client instanceof SessionClient) && !(client instanceof PostClient)) return;
  const data = stage.nextData();
  const { event } = act;
  // What is ephemeral cannot be repeated.
  const key = act.keyed && event !== 'waved' ? `k${data}` : null;
  const after = act.after ? client.placeIn(channel) : null;
  const { user } = client;
  client.publish({ user, channel, event, data, key, after, attempts: [], answers: [], refusals: [] });
}

function channelOf({ setup: { channels } }: Stage, { channel }: { readonly channel: number }): string {
  return channels[channel % channels.length] ?? '';
}

function wireOf({ network: { live } }: Stage, { wire }: { readonly wire: number }): Wire | undefined {
  return live[wire % Math.max(1, live.length)];
}
