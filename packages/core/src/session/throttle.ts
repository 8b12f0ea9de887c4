import type { ClientFrameType } from '@rt/protocol';
import { RtError } from '@rt/protocol';
import type { Rates } from '../limits.ts';
import type { Clock } from '../runtime/clock.ts';
import { TokenBucket } from './token-bucket.ts';

/** The most frames of a session that are being answered at once: what a slow rule or handler may pile up. */
const maxUnderWay = 256;

/** Keeps a session from sending faster than it may. */
export class Throttle {
  readonly #clock: Clock;
  readonly #commands: TokenBucket | null;
  readonly #publishes: TokenBucket | null;
  #underWay = 0;

  constructor(rates: Rates | null, clock: Clock) {
    this.#clock = clock;
    const bucket = (perSecond: number): TokenBucket | null =>
      rates === null ? null : new TokenBucket(perSecond, rates.burst, clock.now());
    this.#commands = bucket(rates?.commandsPerSecond ?? 0);
    this.#publishes = bucket(rates?.publishesPerSecond ?? 0);
  }

  /** Why a frame may not be answered now, or `null` if it may: `end` is then called when it has been. */
  begin(type: ClientFrameType): RtError | null {
    const now = this.#clock.now();
    const retryInMs = this.#commands?.take(now) || (type === 'publish' && this.#publishes?.take(now)) || 0;
    if (retryInMs > 0) return new RtError('rate_limited', `too many frames; wait ${retryInMs} ms`, { retryInMs });
    if (this.#underWay >= maxUnderWay) {
      return new RtError('rate_limited', `${maxUnderWay} frames are still to be answered; wait for some answers`);
    }
    this.#underWay += 1;
    return null;
  }

  end(): void {
    this.#underWay -= 1;
  }
}
