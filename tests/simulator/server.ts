import type { Hub, HubEvent, Members, Random } from '@rt/core';
import type { VirtualClock } from '@rt/testkit';
import type { Gates } from './gates.ts';
import { HookRecord } from './hook-record.ts';
import type { Journal } from './journal.ts';
import { Ledger } from './ledger.ts';
import type { Permissions } from './permissions.ts';
import type { Store } from './recorded-broker.ts';
import { openStore, RecordedBroker } from './recorded-broker.ts';
import { RecordedPresence } from './recorded-presence.ts';
import type { Core } from './rooms.ts';
import { rooms } from './rooms.ts';
import type { PresenceSetup, Setup } from './setup.ts';
import type { Wire } from './wire.ts';
import type { WireHost } from './wire-end.ts';
import type { PublishedEvent } from './wish.ts';

/** What a server needs of its world. */
export interface ServerWorld {
  readonly core: Core;
  readonly setup: Setup;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly journal: Journal;
  readonly gates: Gates;
  readonly permissions: Permissions;
  /** How long the tokens that are verified now are good for. */
  tokensExpireInMs: number | null;
}

/** Opens a store: a broker with nothing in it. */
export function newStore({ core, setup, clock, random, journal }: ServerWorld): Store {
  const inner = core.memoryBroker({ clock, random, forgetAfterMs: setup.forgetAfterMs });
  return openStore(inner, new Ledger(journal, setup.keep));
}

function newPresence(
  { core, clock, random, gates, journal, permissions }: ServerWorld,
  { graceMs }: PresenceSetup,
  session: (holder: string) => number,
): RecordedPresence {
  const inner = core.memoryPresence({ clock, random });
  return new RecordedPresence({ inner, gates, journal, permissions, graceMs, session });
}

/** A hub with what can be seen of it from outside: connections that are open, requests that are not answered yet. */
export class Server implements WireHost {
  readonly store: Store;
  readonly hub: Pick<Hub, 'handle' | 'close' | 'disconnect' | 'revoke'>;
  readonly presence: RecordedPresence | null;
  /** Set once closing has come to its end. */
  closed = false;
  closing = false;
  readonly #publish: (channel: string, event: PublishedEvent, data: number) => Promise<void>;
  readonly #members: (channel: string) => Promise<Members>;
  readonly #hooks: HookRecord | null = null;
  readonly #broker: RecordedBroker;
  readonly #journal: Journal;
  readonly #gates: Gates;
  #open = 0;
  #handling = 0;

  constructor(world: ServerWorld, store: Store) {
    const { core, setup, clock, random, journal, gates, permissions } = world;
    this.store = store;
    this.#journal = journal;
    this.#gates = gates;
    this.#broker = new RecordedBroker(store, gates, journal);
    const sessions = new Map<string, number>();
    const session = (holder: string): number => sessions.get(holder) ?? 0;
    this.presence = setup.presence === null ? null : newPresence(world, setup.presence, session);
    const hub = core.createHub({
      channels: rooms(core, setup, gates, permissions),
      broker: this.#broker,
      ...(this.presence !== null && {
        presence: { store: this.presence, graceMs: setup.presence?.onlineGraceMs ?? 0 },
      }),
      heartbeat: setup.heartbeatMs === false ? false : { everyMs: setup.heartbeatMs },
      limits: { rates: false, admission: { loopDelayMs: false } },
      auth: { tokens: (token) => this.#verified(token, world) },
      runtime: {
        clock,
        random,
        secret() {
          const secret = Math.floor(random() * 1e9).toString(36);
          sessions.set(secret, sessions.size + 1);
          return secret;
        },
      },
      observe: (event) => this.#observe(event),
    });
    for (const pattern of ['room:{id}', 'wide:{id}', 'state:{id}'] as const) {
      hub.on(pattern, 'asked', () => gates.pass('handler')?.then(() => 'late') ?? 'at once');
    }
    this.hub = hub;
    this.#members = async (channel) => hub.channel(channel as 'room:1').members();
    if (this.presence !== null) {
      const hooks = new HookRecord(this.presence.ledger, { gates, journal, closing: () => this.closing });
      this.#hooks = hooks;
      hub.onPresence((event) => hooks.take(event));
      for (const channel of setup.channels) this.presence.seat(channel, setup.presence?.crowd ?? 0);
    }
    this.#publish = async (channel, event, data) => {
      const name = channel as 'room:1';
      await hub.channel(name).publish(event, data);
    };
  }

  get ledger(): Ledger {
    return this.store.ledger;
  }

  /** Whether it has let go of its store, for all that a presence store may have held up. */
  get letGo(): boolean {
    return this.presence === null || this.#broker.followed.size === 0;
  }

  /** The channels that the hub follows. */
  get followed(): Iterable<string> {
    return this.#broker.followed;
  }

  /** Who is in a channel, as the app's own code is told. */
  async members(channel: string): Promise<Members> {
    return this.#members(channel);
  }

  /** Throws a user out of a channel, or altogether. */
  throwOut(user: string, channel: string | null, run: () => void): void {
    if (this.presence === null) run();
    else this.presence.mustGo(user, channel, run);
  }

  /** Hands a request in. */
  arrive(wire: Wire, user: string): void {
    wire.host = this;
    this.#handling += 1;
    const served = this.hub.handle(wire, () => this.#gates.pass('user')?.then(() => user) ?? user);
    served.then(
      () => {
        this.#handling -= 1;
      },
      (cause: unknown) => this.#journal.fail(`${wire.name} was not answered: handle rejected with ${String(cause)}`),
    );
  }

  /** Publishes as the app's own code. What is refused because the hub closes or the broker fails is not published. */
  publish(channel: string, event: PublishedEvent, data: number): void {
    this.#publish(channel, event, data).catch(() => {});
  }

  close(withinMs: number): void {
    if (this.closing) return;
    this.closing = true;
    this.hub.close({ withinMs }).then(
      () => {
        this.closed = true;
        this.#journal.note(() => '  the hub is closed');
      },
      (cause: unknown) => this.#journal.fail(`close rejected with ${String(cause)}`),
    );
  }

  /** What is left of a hub that is closed, or `null`. */
  leftover(): string | null {
    if (!this.closed) return 'it never came to its end';
    if (this.#open !== 0) return `${this.#open} connections are open`;
    if (this.#handling !== 0) return `${this.#handling} requests were never answered`;
    const [watched] = this.presence?.followed ?? [];
    if (watched !== undefined) return `it follows who is in ${watched}`;
    const unheard = this.#hooks?.missing() ?? null;
    if (unheard !== null) return unheard;
    if (this.#broker.followed.size > 0) return `it follows ${[...this.#broker.followed].join(', ')}`;
    return null;
  }

  /** Logs hold no more than they may, whoever is slow. `resting` once nothing is under way to anybody. */
  checkBounds(maxHeldOver: number, resting: boolean): void {
    for (const log of this.store.logs) {
      // A state has its subjects and its removals.
      const limit = log.keep.count * (log.keep.newestOnly === true ? 2 : 1) + (resting ? 0 : maxHeldOver);
      if (log.size > limit) this.#journal.fail(`a log holds ${log.size}, and may hold ${limit}`);
    }
  }

  async #verified(token: string, world: ServerWorld): Promise<{ user: string; expiresInMs?: number }> {
    await this.#gates.pass('token');
    const { tokensExpireInMs: expiresInMs } = world;
    return { user: token, ...(expiresInMs !== null && { expiresInMs }) };
  }

  #observe(event: HubEvent): void {
    if (event.type === 'connection_opened') this.#open += 1;
    if (event.type === 'connection_closed') this.#open -= 1;
    if (this.#open < 0) this.#journal.fail('more connections were closed than opened');
    // Rules, brokers and verifiers fail as planned. What fails inside does not.
    if (event.type === 'error' && (event.stage === 'request' || event.stage === 'transport')) {
      const stack = event.cause instanceof Error ? event.cause.stack : String(event.cause);
      this.#journal.fail(`the hub has observed an error of its own in ${event.stage}: ${stack}`);
    }
  }
}
