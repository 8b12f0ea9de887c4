import type { Keep, Start } from '@rt/core';
import type { GapReason, Position } from '@rt/protocol';
import type { Journal, Moment } from './journal.ts';

/** One publication that a log has accepted. */
export interface Stored {
  /** What was published: a number that no other publication has. */
  readonly data: number;
  readonly offset: number;
  readonly key: string | null;
  readonly at: Moment;
}

/** A place to read on from, and why it is not the one that was asked for. */
export interface Verdict {
  readonly offset: number;
  readonly gap: GapReason | null;
}

/** One epoch of a channel's log: the truth that everything is compared with. */
export class Life {
  readonly channel: string;
  readonly epoch: string;
  readonly born: Moment;
  readonly stored: Stored[] = [];
  readonly #keep: Keep;

  constructor(channel: string, epoch: string, born: Moment, keep: Keep) {
    this.channel = channel;
    this.epoch = epoch;
    this.born = born;
    this.#keep = keep;
  }

  /** Whether more may have come at once than the log holds for those who are not slow. */
  get overran(): boolean {
    return this.stored.length > 1000;
  }

  /** The newest offset at a moment. */
  top(at: Moment): number {
    let low = 0;
    let high = this.stored.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.stored[middle]?.at.order ?? 0) < at.order) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The moments between two others at which something was stored. */
  momentsBetween(earliest: Moment, latest: Moment): readonly Moment[] {
    return this.stored.slice(this.top(earliest), this.top(latest)).map(({ at }) => ({ ...at, order: at.order + 0.5 }));
  }

  /** The place before the oldest publication that was kept at a moment. */
  floor(at: Moment): number {
    const top = this.top(at);
    let floor = Math.max(0, top - this.#keep.count);
    while (floor < top && (this.stored[floor]?.at.atMs ?? 0) <= at.atMs - this.#keep.forMs) floor += 1;
    return floor;
  }

  /** Where a reader begins that asks at a moment. */
  verdict(start: Start, at: Moment): Verdict {
    const top = this.top(at);
    const floor = this.floor(at);
    if (start.type === 'live') return { offset: top, gap: null };
    if (start.type === 'start') return { offset: floor, gap: null };
    if (start.type === 'last') return { offset: Math.max(floor, top - start.count), gap: null };
    const { epoch, offset } = start.position;
    if (epoch !== this.epoch) return { offset: floor, gap: 'epoch_changed' };
    if (offset > top) return { offset: top, gap: 'ahead' };
    if (offset < floor) return { offset: floor, gap: 'trimmed' };
    return { offset, gap: null };
  }
}

/** How long a key is remembered. */
const keyLifeMs = 300_000;

/** Everything that the logs of one broker have accepted. It outlives the hubs that use the broker. */
export class Ledger {
  readonly #journal: Journal;
  readonly #keep: Keep;
  readonly #lives = new Map<string, Life[]>();

  constructor(journal: Journal, keep: Keep) {
    this.#journal = journal;
    this.#keep = keep;
  }

  get lives(): readonly Life[] {
    return [...this.#lives.values()].flat();
  }

  /** Whether so much was published that more may have come at once than a log holds for anybody. */
  get overran(): boolean {
    return this.lives.some((life) => life.overran);
  }

  /** Takes note that a channel's log has this epoch. */
  saw(channel: string, epoch: string, at: Moment): Life {
    const lives = this.#lives.get(channel) ?? [];
    let life = lives.findLast((one) => one.epoch === epoch);
    if (life === undefined) {
      life = new Life(channel, epoch, at, this.#keep);
      lives.push(life);
      this.#lives.set(channel, lives);
    }
    return life;
  }

  /** The epoch of a channel that a reader was told of, or `null` if it is none of this broker. */
  find(channel: string, epoch: string): Life | null {
    return this.#lives.get(channel)?.find((life) => life.epoch === epoch) ?? null;
  }

  /** The epoch that a channel had at a moment. */
  current(channel: string, at: Moment): Life | null {
    return this.#lives.get(channel)?.findLast(({ born }) => born.order <= at.order) ?? null;
  }

  /** Takes note of what became of an append, and checks it. */
  appended(
    channel: string,
    { data, key, at }: Omit<Stored, 'offset'>,
    { epoch, offset, repeated }: { readonly epoch: string; readonly offset: number; readonly repeated: boolean },
  ): void {
    const life = this.saw(channel, epoch, at);
    const top = life.stored.length;
    const twin = key === null ? undefined : life.stored.findLast((one) => one.key === key);
    this.#journal.note(() => `  stored ${data} at ${channel} ${epoch}.${offset}${repeated ? ' (repeated)' : ''}`);
    if (repeated) {
      if (twin?.offset !== offset)
        this.#journal.fail(`key ${key} was answered with ${offset}, but is at ${twin?.offset}`);
      return;
    }
    if (offset !== top + 1) this.#journal.fail(`${channel} stored ${data} at ${offset}, but its top was ${top}`);
    if (twin !== undefined && at.atMs - twin.at.atMs < keyLifeMs) {
      this.#journal.fail(`${channel} stored key ${key} twice: at ${twin.offset} and ${offset}`);
    }
    life.stored.push({ data, offset, key, at });
  }

  /** Where a publication was stored, in any epoch. */
  places(channel: string, data: number): readonly Position[] {
    return (this.#lives.get(channel) ?? []).flatMap(({ epoch, stored }) =>
      stored.filter((one) => one.data === data).map(({ offset }) => ({ epoch, offset })),
    );
  }
}
