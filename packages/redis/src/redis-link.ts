import type { Clock } from '@rt/core';
import { RtError } from '@rt/core';
import { newEpoch } from './new-epoch.ts';
import { Probe } from './probe.ts';
import type { RedisDriver } from './redis-driver.ts';

/** Somebody who listens to pub/sub channels of their own. */
export interface LinkUser {
  /** Whether the channel is theirs: then they have taken what was said. */
  take(name: string, text: string): boolean;
  /** There is a connection again: whatever was said meanwhile is lost. */
  back(): void;
  /** Something of the connection has failed; it comes back by itself. */
  failed(cause: unknown): void;
}

/** What a link is made of. */
export interface LinkOptions {
  readonly driver: RedisDriver;
  readonly clock: Clock;
  readonly prefix: string;
  readonly probeEveryMs: number;
}

/** The connections of one node to Redis, shared by all that talk to it: there from the first who opens to the last. */
export class RedisLink {
  readonly driver: RedisDriver;
  readonly clock: Clock;
  readonly prefix: string;
  readonly #probe: Probe;
  readonly #users = new Set<LinkUser>();
  #opened: Promise<void> | null = null;

  constructor({ driver, clock, prefix, probeEveryMs }: LinkOptions) {
    this.driver = driver;
    this.clock = clock;
    this.prefix = prefix;
    this.#probe = new Probe({ driver, clock, name: `${prefix}probe:${newEpoch()}`, everyMs: probeEveryMs });
  }

  /** Why what is said may not be heard at this moment, or `null`. */
  get trouble(): string | null {
    return this.#users.size === 0 ? 'the broker is not open' : this.#probe.trouble;
  }

  /** How long ago this node has heard what it has said to itself; `null` before it listens. */
  get probeAgeMs(): number | null {
    return this.#probe.ageMs;
  }

  async open(user: LinkUser): Promise<void> {
    this.#users.add(user);
    this.#opened ??= this.#open();
    await this.#opened;
  }

  /** @throws RtError `hub_closed` unless this user has opened it. */
  check(user: LinkUser): void {
    if (!this.#users.has(user)) throw new RtError('hub_closed', 'this broker is not open');
  }

  /** Nothing reaches this user any more. */
  async close(user: LinkUser): Promise<void> {
    if (!this.#users.delete(user) || this.#users.size > 0) return;
    this.#probe.end();
    await this.driver.close();
  }

  async #open(): Promise<void> {
    const failed = (cause: unknown): void => {
      for (const user of this.#users) user.failed(cause);
    };
    await this.driver.open({
      message: (name, text) => {
        if (this.#users.size === 0 || this.#probe.heard(name)) return;
        try {
          for (const user of this.#users) if (user.take(name, text)) return;
        } catch (cause) {
          // Whoever shares the server may say anything; thrown into the client it would end the process.
          failed(cause);
        }
      },
      lost: () => this.#probe.lost(),
      back: () => {
        this.#probe.back();
        for (const user of this.#users) user.back();
      },
      failed,
    });
    await this.#probe.begin(failed);
  }
}
