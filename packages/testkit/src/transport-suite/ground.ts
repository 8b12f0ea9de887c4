import type { Channels, Ephemeral, Hub, HubEvent, HubOptions, Keyed } from '@rt/core';
import { channel, createHub, defineChannels, ephemeral, keyed } from '@rt/core';
import { within } from '../deadline.ts';
import type { Opened, OpenSession, SessionClient } from '../session-client.ts';

/** How the suite gets at a transport. */
export interface TransportRig {
  /** Opens a session over the transport. */
  readonly open: OpenSession;
  /**
   * Serves a hub at `/rt` of a port of its own. The user of a request is `{ id }` with what its header `x-user` says,
   * and nobody without it.
   */
  serve(hub: Hub): Promise<{ readonly port: number; close(): Promise<void> }>;
  /** What the hub of each case is made with, unless the case says otherwise. @default nothing */
  readonly options?: () => HubOptions;
}

interface AnySchema {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (
      value: unknown,
    ) => { readonly value: unknown } | { readonly issues: readonly { readonly message: string }[] };
  };
}

function schema(accepts: (value: unknown) => boolean, message: string): AnySchema {
  const validate = (value: unknown): { value: unknown } | { issues: { message: string }[] } =>
    accepts(value) ? { value } : { issues: [{ message }] };
  return { '~standard': { version: 1, vendor: '@rt/testkit', validate } };
}

const anything = schema(() => true, '');
const text = schema((value) => value === null || typeof value === 'string', 'must be a text');
const number = schema((value) => typeof value === 'number', 'must be a number');

/** What a card on a board is about. */
const key = (data: unknown): string => (data as { readonly key: string }).key;

/** The events of the suite's channels. */
type SuiteEvents = {
  readonly 'room:{id}': { readonly said: AnySchema; readonly counted: AnySchema; readonly typing: Ephemeral };
  readonly 'short:{id}': { readonly said: AnySchema };
  readonly 'deep:{id}': { readonly said: AnySchema };
  readonly 'strict:{id}': { readonly said: AnySchema };
  readonly 'own:{user}': { readonly said: AnySchema; readonly secret: AnySchema };
  readonly 'asked:{id}': { readonly said: AnySchema };
  readonly 'broken:{id}': { readonly said: AnySchema };
  readonly 'lobby:{id}': { readonly said: AnySchema };
  readonly 'board:{id}': { readonly is: Keyed; readonly gone: Keyed };
  readonly closed: { readonly said: AnySchema };
};

type SuiteHub = Hub<SuiteEvents>;

/** How long a member of a lobby whose connection broke stays: long enough to come back on a busy machine. */
const graceMs = 1500;

/** What the rules of the suite's channels look at. */
export class Permissions {
  readonly denied: Set<string> = new Set();
  #held: Promise<void> = Promise.resolve();

  /** Makes rules wait until the returned function is called. */
  hold(): () => void {
    let release = (): void => {};
    this.#held = new Promise((resolve) => {
      release = resolve;
    });
    return release;
  }

  async allows(user: unknown, what: string): Promise<boolean> {
    await this.#held;
    return !this.denied.has(what) && !this.denied.has(`${what} ${JSON.stringify(user)}`);
  }
}

function suiteChannels(permissions: Permissions): Channels<SuiteEvents> {
  return defineChannels({
    'room:{id}': channel({
      events: { said: anything, counted: number, typing: ephemeral(anything) },
      keep: { count: 100, forMs: 60_000 },
      subscribe: 'anyone',
      publish: 'anyone',
      send: 'anyone',
    }),
    'short:{id}': channel({ events: { said: anything }, keep: { count: 3 }, subscribe: 'anyone' }),
    'deep:{id}': channel({ events: { said: anything }, keep: { count: 20_000 }, subscribe: 'anyone' }),
    'strict:{id}': channel({ events: { said: anything }, keep: { count: 3 }, subscribe: 'anyone', slow: 'close' }),
    'own:{user}': channel({
      events: { said: anything, secret: anything },
      subscribe: ({ user, params }) => (user as { readonly id: string } | null)?.id === params.user,
      publish: ({ user, params, event, data }) =>
        event !== 'secret' && data !== 'forged' && (user as { readonly id: string } | null)?.id === params.user,
      send: ({ user, params }) => (user as { readonly id: string } | null)?.id === params.user,
    }),
    'asked:{id}': channel({
      events: { said: anything },
      subscribe: ({ user }) => permissions.allows(user, 'subscribe'),
      history: ({ user }) => permissions.allows(user, 'history'),
      publish: ({ user }) => permissions.allows(user, 'publish'),
      send: 'anyone',
    }),
    'broken:{id}': channel({
      events: { said: anything },
      subscribe: () => {
        throw new Error('this rule is broken on purpose');
      },
    }),
    'lobby:{id}': channel({
      events: { said: anything },
      subscribe: 'anyone',
      presence: { state: text, graceMs },
      enter: ({ user, state }) => state !== 'forged' && permissions.allows(user, 'enter'),
      members: ({ user }) => permissions.allows(user, 'members'),
    }),
    'board:{id}': channel({
      events: { is: keyed(anything, { by: key }), gone: keyed(anything, { by: key, removes: true }) },
      keep: { newestPer: 'key', count: 3 },
      subscribe: 'anyone',
      publish: 'anyone',
    }),
    closed: channel({ events: { said: anything } }),
  });
}

/** One case's hub, server and clients. */
export class Ground {
  readonly hub: SuiteHub;
  readonly permissions: Permissions;
  readonly events: HubEvent[] = [];
  /** Whether the case has been played, for what it has set going. */
  over = false;
  readonly #open: OpenSession;
  readonly #port: number;
  readonly #clients: SessionClient[] = [];
  readonly #changed: { call: () => void };

  private constructor(parts: {
    readonly hub: SuiteHub;
    readonly permissions: Permissions;
    readonly events: HubEvent[];
    readonly open: OpenSession;
    readonly port: number;
    readonly changed: { call: () => void };
  }) {
    this.hub = parts.hub;
    this.permissions = parts.permissions;
    this.events = parts.events;
    this.#open = parts.open;
    this.#port = parts.port;
    this.#changed = parts.changed;
  }

  /** Runs a case on a ground of its own, and checks that nothing is left of it. */
  static async run(rig: TransportRig, options: HubOptions, play: (ground: Ground) => Promise<void>): Promise<void> {
    const permissions = new Permissions();
    const events: HubEvent[] = [];
    const changed = { call: (): void => {} };
    const observe = (event: HubEvent): void => {
      events.push(event);
      changed.call();
    };
    const hub = createHub({ channels: suiteChannels(permissions), ...rig.options?.(), ...options, observe });
    const { port, close } = await rig.serve(hub as unknown as Hub);
    const ground = new Ground({ hub, permissions, events, open: rig.open, port, changed });
    try {
      await play(ground);
    } finally {
      ground.over = true;
      for (const client of ground.#clients) client.cut();
      await within('the hub to close', hub.close({ withinMs: 100 }));
      await close();
    }
    ground.#nothingIsLeft();
  }

  /** Opens a session; fails if it is refused. */
  async open(subscriptions: readonly unknown[] = [], { user, connect = {} }: OpenOptions = {}): Promise<SessionClient> {
    const opened = await this.tryToOpen({ subscriptions, ...connect }, user);
    if (opened.type === 'refused') throw new Error(`refused: ${opened.error.message}`);
    return opened.client;
  }

  async tryToOpen(connect: Readonly<Record<string, unknown>>, user?: string): Promise<Opened> {
    const opened = await this.#open({
      port: this.#port,
      headers: user === undefined ? {} : { 'x-user': user },
      connect: { type: 'connect', id: 1, ...connect },
    });
    if (opened.type === 'open') this.#clients.push(opened.client);
    return opened;
  }

  /** Publishes to `room:1`, and returns the positions. */
  async publish(...data: readonly unknown[]): Promise<readonly string[]> {
    return Promise.all(data.map((item) => this.hub.channel('room:1').publish('said', item)));
  }

  /** Resolves when what the hub has told fits. */
  async observed(what: string, fits: (events: readonly HubEvent[]) => boolean): Promise<void> {
    while (!fits(this.events)) {
      await within(
        what,
        new Promise<void>((resolve) => {
          this.#changed.call = resolve;
        }),
      );
    }
  }

  count(type: HubEvent['type']): number {
    return this.events.filter((event) => event.type === type).length;
  }

  #nothingIsLeft(): void {
    for (const [opened, closed] of [
      ['connection_opened', 'connection_closed'],
      ['subscribed', 'unsubscribed'],
    ] as const) {
      if (this.count(opened) !== this.count(closed)) {
        throw new Error(`${this.count(opened)} ${opened} and ${this.count(closed)} ${closed}: something is left`);
      }
    }
    const unforeseen = this.events.filter(
      (event) => event.type === 'error' && !['rule', 'handler', 'token'].includes(event.stage),
    );
    if (unforeseen.length > 0) throw new AggregateError(unforeseen, 'the hub told of errors that no case makes');
  }
}

interface OpenOptions {
  readonly user?: string;
  readonly connect?: Readonly<Record<string, unknown>>;
}

/** For cases in which the hub has to notice that somebody has gone: over long-poll it does in two heartbeats. */
export const quick: HubOptions = { heartbeat: { everyMs: 300 } };

/** Declares a case: what is promised, and how that is shown. */
export type Case = (name: string, play: (ground: Ground) => Promise<void>, options?: HubOptions) => void;
