import type { Clock } from '@rt/core';
import type { RedisDriver } from './redis-driver.ts';

/** What a probe is made of. */
export interface ProbeOptions {
  readonly driver: RedisDriver;
  readonly clock: Clock;
  /** What the names of its own pub/sub channels begin with. */
  readonly name: string;
  readonly everyMs: number;
}

/** What is said to itself over one connection for pub/sub. */
interface Echo {
  /** How many in a row were said and not heard. */
  misses: number;
  /** How many the server has not even answered. */
  unanswered: number;
  /** Whether the last one could not be said. */
  refused: boolean;
  /** When one was heard last, or the server said that it would be. */
  heardAtMs: number;
}

/** How many messages to itself in a row may be lost. */
const maxMisses = 2;

/**
 * Says something to itself now and then, over each connection for pub/sub. One that is there and says nothing, because
 * something on the way has forgotten it or the server has given up on it, is found out by nothing else.
 */
export class Probe {
  readonly #options: ProbeOptions;
  readonly #echoes = new Map<string, Echo>();
  #lost = true;
  #ended = false;
  #cancel: () => void = () => {};

  constructor(options: ProbeOptions) {
    this.#options = options;
  }

  async begin(failed: (cause: unknown) => void): Promise<void> {
    // Where there is no connection yet, it is tried again with the first message.
    await Promise.all(this.#names().map((name) => this.#echo(name).catch(failed)));
    this.#next(failed);
  }

  /** Whether what was heard is its own. */
  heard(name: string): boolean {
    if (!name.startsWith(this.#options.name)) return false;
    const echo = this.#echoes.get(name);
    if (echo !== undefined) {
      echo.misses = 0;
      echo.heardAtMs = this.#options.clock.now();
    }
    return true;
  }

  /** How long ago it was heard, over the connection where that is longest; `null` before there is one. */
  get ageMs(): number | null {
    if (this.#echoes.size === 0) return null;
    const oldestMs = Math.min(...[...this.#echoes.values()].map(({ heardAtMs }) => heardAtMs));
    return this.#options.clock.now() - oldestMs;
  }

  /** Why what is said is not heard, or `null` as long as it is. */
  get trouble(): string | null {
    if (this.#lost) return 'there is no connection to Redis for pub/sub';
    const echoes = [...this.#echoes.values()];
    if (echoes.some(({ refused }) => refused)) return 'Redis does not take what it is told';
    return echoes.some(({ misses }) => misses >= maxMisses) ? 'Redis does not say what it is told' : null;
  }

  /** A connection is gone. */
  lost(): void {
    this.#lost = true;
  }

  /** All are there. */
  back(): void {
    this.#lost = false;
    for (const echo of this.#echoes.values()) echo.misses = 0;
  }

  end(): void {
    this.#ended = true;
    this.#cancel();
  }

  #names(): readonly string[] {
    const { driver, name } = this.#options;
    return driver.probeNames(name);
  }

  #next(failed: (cause: unknown) => void): void {
    const { clock, everyMs } = this.#options;
    if (this.#ended) return;
    this.#cancel = clock.timer(everyMs, () => {
      const names = this.#names();
      for (const name of this.#echoes.keys()) if (!names.includes(name)) this.#forget(name).catch(failed);
      for (const name of names) this.#ask(name).catch(failed);
      this.#next(failed);
    });
  }

  async #echo(name: string): Promise<Echo> {
    const known = this.#echoes.get(name);
    if (known !== undefined) return known;
    await this.#options.driver.subscribe(name);
    const echo = { misses: 0, unanswered: 0, refused: false, heardAtMs: this.#options.clock.now() };
    this.#echoes.set(name, echo);
    return echo;
  }

  async #forget(name: string): Promise<void> {
    this.#echoes.delete(name);
    await this.#options.driver.unsubscribe(name);
  }

  async #ask(name: string): Promise<void> {
    const { driver } = this.#options;
    const echo = await this.#echo(name);
    if (echo.misses >= maxMisses) {
      echo.misses = 0;
      await driver.renew(name, echo.unanswered > 0);
    }
    echo.misses += 1;
    echo.unanswered += 1;
    try {
      await driver.publish(name, '');
      echo.refused = false;
    } catch (cause) {
      // What could not be said was not lost on its way back.
      echo.misses = 0;
      echo.refused = true;
      throw cause;
    } finally {
      echo.unanswered -= 1;
    }
  }
}
