import type { Attendant, Clock, PlaceView, PresenceSink, PresenceStore } from '@rt/core';
import { RtError, StateLog } from '@rt/core';
import { FollowedChannels } from '../followed-channels.ts';
import { newEpoch } from '../new-epoch.ts';
import type { LinkUser, RedisLink } from '../redis-link.ts';
import { RedisLogs } from '../redis-log.ts';
import { FollowedPlace } from './followed-place.ts';
import { Partition } from './partition.ts';
import { PresenceNames } from './presence-names.ts';

/** Options of {@link redisPresence}. */
export interface RedisPresenceOptions {
  /** How many parts the places lie in, each with all that is kept of it on one server. */
  readonly partitions: number;
  /** How long a place where nobody is is remembered. */
  readonly forgetAfterMs: number;
  /** How often a place that is followed is compared with its log of record. */
  readonly checkEveryMs: number;
  /** How long those stay whose node says nothing any more. */
  readonly leaseMs: number;
  /** What is said to be the server's time, in tests; `null` for its own. */
  readonly serverNow: (() => number) | null;
}

/** How long what was asked for may take when it is closed. */
const patienceMs = 2000;
const everything = Number.MAX_SAFE_INTEGER;
/** How long, and how many, departures are remembered. */
const keep = { forMs: 60_000, count: 1000, newestOnly: true };

/** Keeps in Redis who is where, for all nodes that share it. It shares the connections of a broker. */
export function redisPresence(link: RedisLink, options: RedisPresenceOptions): PresenceStore {
  return new RedisPresence(link, options);
}

/** What there is once it is open. */
interface Opened {
  readonly sink: PresenceSink;
  readonly partitions: readonly Partition[];
  readonly places: FollowedChannels;
}

class RedisPresence implements PresenceStore {
  readonly #link: RedisLink;
  readonly #options: RedisPresenceOptions;
  readonly #names: PresenceNames;
  readonly #logs: RedisLogs;
  readonly #views = new Map<string, FollowedPlace>();
  readonly #user: LinkUser;
  #opened: Opened | null = null;
  #ready: Promise<void> = Promise.resolve();
  #closing: Promise<void> | null = null;
  #cancelCheck = (): void => {};

  constructor(link: RedisLink, options: RedisPresenceOptions) {
    this.#link = link;
    this.#options = options;
    const { driver, clock, prefix } = link;
    const names = (this.#names = new PresenceNames(prefix, options.partitions));
    this.#logs = new RedisLogs({ ...options, driver, prefix, names, now: () => clock.now(), newEpoch });
    this.#user = {
      take: (name, text) => this.#take(name, text),
      back: () => {
        void this.#opened?.places.check();
        for (const partition of this.#opened?.partitions ?? []) partition.beginAnew();
      },
      failed: (cause) => this.#opened?.sink.troubled(cause),
    };
  }

  async open(given: PresenceSink): Promise<void> {
    if (this.#closing !== null || this.#opened !== null) {
      throw new RtError('broker_failed', 'a presence store belongs to one hub; create another');
    }
    const { driver, clock, prefix } = this.#link;
    const sink = this.#untilClosed(given);
    const opening = this.#link.open(this.#user);
    this.#ready = opening.catch(() => {});
    const shared = { ...this.#options, driver, clock, sink, ready: this.#ready };
    const partitions = this.#names.partitions.map((names) => new Partition({ ...shared, ...names }));
    const places = new FollowedChannels({
      driver,
      logs: this.#logs,
      prefix,
      names: this.#names,
      clock,
      sink: this.#followedBy(sink),
    });
    this.#opened = { sink, partitions, places };
    await opening;
    if (this.#closing !== null) return;
    for (const partition of partitions) partition.open();
    this.#checkLater(clock, places);
  }

  async enter(place: string, attendant: Attendant, state: string): Promise<void> {
    this.#own();
    await this.#partition(place)?.enter(place, attendant, state);
  }

  async leave(place: string, attendant: Attendant, afterMs: number): Promise<void> {
    if (this.#closing === null) await this.#partition(place)?.leave(place, attendant, afterMs);
  }

  async expel(user: string, place: string | null): Promise<void> {
    if (this.#closing !== null) return;
    if (place !== null) await this.#partition(place)?.expel(user, place);
    else await Promise.all((this.#opened?.partitions ?? []).map((partition) => partition.expel(user, null)));
  }

  async listen(): Promise<void> {
    await Promise.all(this.#own().partitions.map((partition) => partition.listen()));
  }

  async follow(place: string): Promise<PlaceView> {
    const { places } = this.#own();
    await this.#ready;
    const log = await places.follow(place, keep);
    this.#own();
    if (!(log instanceof StateLog)) throw new TypeError(`what is kept of ${place} is not who is there`);
    const known = this.#views.get(place);
    if (known?.log === log) return known;
    const view = new FollowedPlace(log);
    this.#views.set(place, view);
    return view;
  }

  async unfollow(place: string): Promise<void> {
    this.#views.delete(place);
    if (this.#closing === null) await this.#opened?.places.unfollow(place);
  }

  async look(place: string): Promise<PlaceView> {
    this.#own();
    await this.#ready;
    return new FollowedPlace(StateLog.of(await this.#logs.read(place, { type: 'start' }, everything), keep));
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    this.#cancelCheck();
    if (this.#opened === null) return;
    const { places, partitions, sink } = this.#opened;
    places.close();
    const ended = Promise.all(partitions.map((partition) => partition.close())).then(
      () => {},
      (cause: unknown) => sink.troubled(cause),
    );
    let cancel = (): void => {};
    const late = new Promise<void>((resolve) => {
      cancel = this.#link.clock.timer(patienceMs, resolve);
    });
    await Promise.race([ended, late]);
    cancel();
    this.#opened = null;
    await this.#link.close(this.#user);
  }

  #take(name: string, text: string): boolean {
    if (this.#opened === null) return false;
    const { places, partitions } = this.#opened;
    if (places.take(name, text)) return true;
    const at = this.#names.partitions.findIndex(({ told }) => told === name);
    partitions[at]?.wake(text);
    return at >= 0;
  }

  #followedBy(sink: PresenceSink): ConstructorParameters<typeof FollowedChannels>[0]['sink'] {
    return {
      passed: () => {},
      troubled: (cause) => sink.troubled(cause),
      appended: (place, entry) => {
        const view = this.#views.get(place);
        if (view === undefined) return;
        view.append(entry);
        sink.grown(place);
      },
      replaced: (place, log) => {
        const view = this.#views.get(place);
        if (view === undefined || !(log instanceof StateLog)) return;
        if (view.replace(log)) sink.grown(place);
        else sink.replaced(place);
      },
    };
  }

  /** Nothing reaches the sink any more once it is closed. */
  #untilClosed(sink: PresenceSink): PresenceSink {
    const isOpen = (): boolean => this.#opened !== null;
    return {
      grown: (place) => void (isOpen() && sink.grown(place)),
      replaced: (place) => void (isOpen() && sink.replaced(place)),
      changed: async (place, change) => void (isOpen() && (await sink.changed(place, change))),
      missed: (count) => void (isOpen() && sink.missed(count)),
      troubled: (cause) => void (isOpen() && sink.troubled(cause)),
    };
  }

  #checkLater(clock: Clock, places: FollowedChannels): void {
    this.#cancelCheck = clock.timer(this.#options.checkEveryMs * (0.75 + 0.5 * Math.random()), () => {
      void places.check().then(() => this.#closing === null && this.#checkLater(clock, places));
    });
  }

  #partition(place: string): Partition | undefined {
    return this.#opened?.partitions[this.#names.partitionOf(place)];
  }

  /** @throws RtError `hub_closed` unless it is open. */
  #own(): Opened {
    if (this.#closing !== null || this.#opened === null) {
      throw new RtError('hub_closed', 'this presence store is not open');
    }
    return this.#opened;
  }
}
