import type { Clock } from '@rt/core';
import type { RedisDriver } from './redis-driver.ts';

/** What a probe is made of. */
export interface ProbeOptions {
  readonly driver: RedisDriver;
  readonly clock: Clock;
  /** A pub/sub channel of its own. */
  readonly name: string;
  readonly everyMs: number;
}

/** How many messages to itself in a row may be lost. */
const maxMisses = 2;

/**
 * Says something to itself now and then. A connection that is there and says nothing, because something on the way has
 * forgotten it or the server has given up on it, is found out by nothing else.
 */
export class Probe {
  readonly #options: ProbeOptions;
  #misses = 0;
  #lost = true;
  #ended = false;
  #cancel: () => void = () => {};

  constructor(options: ProbeOptions) {
    this.#options = options;
  }

  async begin(failed: (cause: unknown) => void): Promise<void> {
    const { driver, name } = this.#options;
    await driver.subscribe(name);
    this.#next(failed);
  }

  /** Whether what was heard is its own. */
  heard(name: string): boolean {
    if (name !== this.#options.name) return false;
    this.#misses = 0;
    return true;
  }

  /** Why what is said is not heard, or `null` as long as it is. */
  get trouble(): string | null {
    if (this.#lost) return 'there is no connection to Redis for pub/sub';
    return this.#misses >= maxMisses ? 'Redis does not say what it is told' : null;
  }

  /** The connection is gone. */
  lost(): void {
    this.#lost = true;
  }

  /** It is there. */
  back(): void {
    this.#lost = false;
    this.#misses = 0;
  }

  end(): void {
    this.#ended = true;
    this.#cancel();
  }

  #next(failed: (cause: unknown) => void): void {
    const { clock, everyMs } = this.#options;
    if (this.#ended) return;
    this.#cancel = clock.timer(everyMs, () => {
      this.#ask().catch(failed);
      this.#next(failed);
    });
  }

  async #ask(): Promise<void> {
    const { driver, name } = this.#options;
    if (this.#misses >= maxMisses) {
      this.#misses = 0;
      await driver.renew();
    }
    this.#misses += 1;
    try {
      await driver.publish(name, '');
    } catch (cause) {
      // What could not be said was not lost on its way back.
      this.#misses = 0;
      throw cause;
    }
  }
}
