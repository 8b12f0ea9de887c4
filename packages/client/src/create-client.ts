import { RtError } from '@rt/protocol';
import { ChannelHandle } from './channel.ts';
import { ClientCore } from './client-core.ts';
import type { Status } from './connection.ts';
import type { Environment } from './environment.ts';
import { platform } from './environment.ts';
import type { OutboxStore } from './outbox.ts';
import { sharing } from './sharing.ts';
import type { Store } from './store.ts';
import type { TransportChoice } from './transports/choice.ts';
import type { AnyChannels, Channel, ChannelName, ChannelOptions, EventsOf, StateOf } from './types.ts';

/** Options of a client, beside its transports. */
export interface ClientOptions {
  /**
   * Says who asks, where that is not the page's login: called for each connection, and again before what it has said
   * expires. @default nobody but whom the host sees
   */
  readonly token?: () => string | null | Promise<string | null>;
  /** Headers of all requests but WebSockets, which browsers do not let have any. @default none */
  readonly headers?: Readonly<Record<string, string>> | (() => Readonly<Record<string, string>>);
  /** When it comes back. */
  readonly reconnect?: ReconnectOptions;
  /** Keeps publications over reloads of the page, as `indexedDbOutbox()` does. @default in memory */
  readonly outbox?: OutboxStore;
  /**
   * All tabs of the browser use one connection, where the browser has what that needs: those with the same URL, and the
   * same text if it is one. Say there who the user is where several may be logged in. The leading tab's `token` counts.
   *
   * @default false
   */
  readonly share?: boolean | string;
  /** What it needs of its platform; tests pass their own. @default the platform */
  readonly environment?: Environment;
}

/** When a client comes back, unless the server has said it. */
export interface ReconnectOptions {
  /** The longest wait after the first loss; it doubles with each. @default 1_000 */
  readonly firstMs?: number;
  /** @default 30_000 */
  readonly longestMs?: number;
  /** After how long an open connection counts as one that works. @default 10_000 */
  readonly stableMs?: number;
}

/** One connection to a hub, with its channels. A store of what the connection is. */
export interface Client<Channels extends AnyChannels> extends Store<Status> {
  readonly status: Status;
  /** The same channel for the same name. Nothing is asked of the server before somebody listens. */
  channel<Name extends ChannelName<Channels>, State = unknown>(
    name: Name,
    options?: ChannelOptions<State>,
  ): Channel<EventsOf<Channels, Name>, StateOf<Channels, Name>, State>;
  /** Connects, if it has not: it does by itself as soon as somebody needs it. */
  connect(): void;
  /** Tries at once, if it waits for its time. */
  retryNow(): void;
  /** Ends it for good: the server is told that nobody will be back. */
  close(): void;
}

/** Creates a client over what the choice says. @param choose Is given the absolute URL. */
export function clientOver<Channels extends AnyChannels>(
  choose: (url: string) => TransportChoice,
  url: string,
  options: ClientOptions,
): Client<Channels> {
  const {
    token = null,
    headers = {},
    reconnect = {},
    outbox = null,
    environment = platform(),
    share = false,
  } = options;
  const { firstMs = 1000, longestMs = 30_000, stableMs = 10_000 } = reconnect;
  const page = globalThis.location?.href;
  // A server that renders a page has none: a client may be created there, and does not connect.
  const isAbsolute = URL.canParse(url, page);
  const absolute = isAbsolute ? new URL(url, page).href : url;
  const own = {
    url: absolute,
    headers: typeof headers === 'function' ? headers : () => headers,
    choice: choose(absolute),
    delays: { firstMs, longestMs, stableMs },
    environment,
    token: isAbsolute ? token : noPage,
  };
  if (share === false) return clientOf(new ClientCore(own, outbox));
  const shared = sharing({ ...own, name: `rt ${absolute} ${share}`, wake: () => core.connection.retryNow() });
  const core = new ClientCore(shared, outbox);
  const { status } = core.connection;
  status.subscribe(() => {
    if (status.getSnapshot().state === 'closed') shared.close();
  });
  return clientOf(core);
}

async function noPage(): Promise<null> {
  throw new RtError('option_invalid', 'a relative URL needs a page: give an absolute one');
}

function clientOf<Channels extends AnyChannels>(core: ClientCore): Client<Channels> {
  const { connection } = core;
  const { subscribe, getSnapshot } = connection.status;
  const client = {
    get status() {
      return getSnapshot();
    },
    subscribe,
    getSnapshot,
    channel(name: string, options: ChannelOptions<unknown> = {}) {
      const channel = core.channel(name);
      channel.configure(options);
      return new ChannelHandle(core, channel);
    },
    connect: () => connection.need(),
    retryNow: () => connection.retryNow(),
    close: () => core.close(),
  };
  // What a channel holds only its name says, and the name's type.
  return client as unknown as Client<Channels>;
}
