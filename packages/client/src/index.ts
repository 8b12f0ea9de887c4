import type { Client, ClientOptions } from './create-client.ts';
import { clientOver } from './create-client.ts';
import { inOrder, tabMemory } from './transports/choice.ts';
import { longPoll } from './transports/long-poll.ts';
import { poll, pollEvery } from './transports/poll.ts';
import { sse } from './transports/sse.ts';
import type { Transport, TransportName } from './transports/transport.ts';
import { websocket } from './transports/websocket.ts';
import type { AnyChannels } from './types.ts';

export type { ErrorCode, GapReason, Member } from '@rt/protocol';
export { RtError } from '@rt/protocol';
export type { ChannelStatus, From, Gap, Loaded, Publication } from './channel-core.ts';
export type { Status } from './connection.ts';
export type { Client, ClientOptions, ReconnectOptions } from './create-client.ts';
export type { Environment, Sign } from './environment.ts';
export { platform } from './environment.ts';
export { fromResponse } from './load.ts';
export type { OptimisticEntry } from './optimistic.ts';
export type { OutboxEntry, OutboxStore } from './outbox.ts';
export type { PresenceSnapshot } from './presence-view.ts';
export { GapError } from './gap-error.ts';
export type { Store } from './store.ts';
export type { Pipe, PipeEnd, PipeEvents, PipeRequest, Transport, TransportName } from './transports/transport.ts';
export type {
  AnyChannels,
  Channel,
  ChannelName,
  ChannelOptions,
  DataOf,
  EventsOf,
  History,
  HistoryQuery,
  PendingOf,
  Presence,
  PublicationOf,
  PublishOptions,
  StateOf,
} from './types.ts';
export { longPoll, poll, pollEvery, sse, websocket };

const all: { readonly [Name in TransportName]: Transport } = { websocket, sse, 'long-poll': longPoll, poll };

/** Which transports a client tries, in this order; `auto` is `websocket`, `sse` and then `long-poll`. */
export type TransportOption = 'auto' | TransportName | Transport | readonly (TransportName | Transport)[];

/**
 * Creates a client of the hub that is mounted at a URL. It connects as soon as somebody needs it.
 *
 * `const rt = createClient<typeof channels>('/rt')`
 */
export function createClient<Channels extends AnyChannels>(
  url: string,
  { transport = 'auto', ...options }: ClientOptions & { readonly transport?: TransportOption } = {},
): Client<Channels> {
  const named = transport === 'auto' ? (['websocket', 'sse', 'long-poll'] as const) : [transport].flat();
  const transports = named.map((one) => (typeof one === 'string' ? all[one] : one));
  return clientOver<Channels>((absolute) => inOrder(transports, tabMemory(absolute)), url, options);
}
