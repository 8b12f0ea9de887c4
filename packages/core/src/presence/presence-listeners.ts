import type { Observer } from '../observe/observer.ts';
import type { Clock } from '../runtime/clock.ts';
import { occupiedPlace, onlinePlace } from './attendance.ts';
import type { PresenceChange, PresenceSink } from './presence-store.ts';

/** What has become of users, members and channels. `sequence` rises from event to event of a channel or a user. */
export type PresenceEvent =
  /** A user has become a member of a channel with the first client, or is none any more with the last. */
  | {
      readonly type: 'joined' | 'left';
      readonly channel: string;
      readonly user: string;
      /** What the member shows, or has shown last. */
      readonly state: unknown;
      readonly sequence: number;
    }
  /** A channel has its first reader, or has none any more. */
  | { readonly type: 'occupied' | 'vacated'; readonly channel: string; readonly sequence: number }
  /** A user has a first connection, or has none any more. */
  | { readonly type: 'online' | 'offline'; readonly user: string; readonly sequence: number }
  /** The listener was so slow that events are missing. */
  | { readonly type: 'missed'; readonly count: number };

/** Is told of one event after the other. What it throws, or rejects with, means that it is told the same again. */
export type PresenceListener = (event: PresenceEvent) => void | Promise<void>;

/** The most events that wait for a listener. */
const maxWaiting = 10_000;
/** The time until an event that a listener could not take is told again: it doubles up to the longest. */
const retryFirstMs = 100;
const retryLongestMs = 30_000;

/** Tells the app's listeners what becomes of places: in order, each event at least once. */
export class PresenceListeners {
  readonly #clock: Clock;
  readonly #observe: Observer;
  readonly #queues = new Set<Queue>();

  constructor(clock: Clock, observe: Observer) {
    this.#clock = clock;
    this.#observe = observe;
  }

  /** Returns how to take it away again. */
  add(listener: PresenceListener): () => void {
    const queue = new Queue(listener, this.#clock, this.#observe);
    this.#queues.add(queue);
    return () => {
      this.#queues.delete(queue);
      queue.stop();
    };
  }

  /** Resolves when each listener has taken it, or is gone. */
  async changed(...[place, change]: Parameters<PresenceSink['changed']>): Promise<void> {
    if (this.#queues.size === 0) return;
    const event = eventOf(place, change);
    if (event !== null) await Promise.all([...this.#queues].map((queue) => queue.add(event)));
  }

  missed(count: number): void {
    for (const queue of this.#queues) queue.miss(count);
  }

  /** Resolves when each listener was told all, or cannot take what it is told. Nothing is told again from now on. */
  async finish(): Promise<void> {
    await Promise.all([...this.#queues].map((queue) => queue.finish()));
  }
}

interface Waiting {
  readonly event: PresenceEvent;
  readonly taken: () => void;
}

/** What one listener is still to be told. */
class Queue {
  readonly #listener: PresenceListener;
  readonly #clock: Clock;
  readonly #observe: Observer;
  #waiting: Waiting[] = [];
  #missed = 0;
  #running: Promise<void> | null = null;
  #finishing = false;
  #stopped = false;
  /** Ends the wait for the next try. */
  #hurry: () => void = () => {};

  constructor(listener: PresenceListener, clock: Clock, observe: Observer) {
    this.#listener = listener;
    this.#clock = clock;
    this.#observe = observe;
  }

  add(event: PresenceEvent): Promise<void> {
    return new Promise((taken) => {
      this.#waiting.push({ event, taken });
      if (this.#waiting.length > maxWaiting) {
        this.#waiting.shift()?.taken();
        this.#missed += 1;
      }
      this.#startSoon();
    });
  }

  miss(count: number): void {
    this.#missed += count;
    this.#startSoon();
  }

  stop(): void {
    this.#stopped = true;
    for (const { taken } of this.#waiting.splice(0)) taken();
    this.#hurry();
  }

  async finish(): Promise<void> {
    this.#finishing = true;
    this.#hurry();
    this.#start();
    await this.#running;
  }

  #startSoon(): void {
    if (this.#running === null) this.#clock.nextTurn(() => this.#start());
  }

  #start(): void {
    if (this.#running !== null || (this.#waiting.length === 0 && this.#missed === 0)) return;
    this.#running = this.#run();
  }

  async #run(): Promise<void> {
    for (let next = this.#next(); next !== null; next = this.#next()) {
      const { event, taken } = next;
      let isTold = await this.#told(event);
      for (let afterMs = retryFirstMs; !isTold && !this.#finishing; afterMs = Math.min(afterMs * 2, retryLongestMs)) {
        await this.#wait(afterMs);
        isTold = await this.#told(event);
      }
      // What was not taken by the end may be told through another hub.
      if (isTold) taken();
    }
    this.#running = null;
  }

  #next(): Waiting | null {
    if (this.#missed > 0) {
      const event = { type: 'missed', count: this.#missed } as const;
      this.#missed = 0;
      return { event, taken: () => {} };
    }
    return this.#waiting.shift() ?? null;
  }

  async #told(event: PresenceEvent): Promise<boolean> {
    if (this.#stopped) return true;
    try {
      await this.#listener(event);
      return true;
    } catch (cause) {
      this.#observe({ type: 'error', stage: 'listener', cause });
      return false;
    }
  }

  async #wait(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.timer(ms, resolve);
      this.#hurry = () => {
        cancel();
        resolve();
      };
    });
  }
}

function eventOf(place: string, { type, user, state, sequence }: PresenceChange): PresenceEvent | null {
  if (type === 'updated') return null;
  const joins = type === 'joined';
  if (place === onlinePlace) return { type: joins ? 'online' : 'offline', user, sequence };
  if (place === occupiedPlace) return { type: joins ? 'occupied' : 'vacated', channel: user, sequence };
  return { type, channel: place, user, state: JSON.parse(state) as unknown, sequence };
}
