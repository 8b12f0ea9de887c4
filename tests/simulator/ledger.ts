import type { About, Conditional, Keep, Receipt } from '@rt/core';
import type { Position } from '@rt/protocol';
import type { Journal, Moment } from './journal.ts';
import type { Accepted } from './life.ts';
import { Life } from './life.ts';

/** How long a key is remembered. */
const keyLifeMs = 300_000;

/** Something that was told to those who were there. */
export interface Passed {
  readonly channel: string;
  readonly data: number;
  readonly at: Moment;
}

/** Everything that the logs of one broker have accepted. It outlives the hubs that use the broker. */
export class Ledger {
  readonly passed: Passed[] = [];
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
  appended(channel: string, accepted: Accepted, { epoch, offset, repeated }: Receipt): void {
    const { data, key, at, about } = accepted;
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
    if (
      life.newestOnly &&
      about?.removes === false &&
      life.newest(about.subject)?.about?.removes !== false &&
      life.full
    ) {
      this.#journal.fail(`${channel} stored ${data}, and was full`);
    }
    life.add(accepted);
  }

  /** Takes note of what became of an append that has to be the next one after a place, and checks it. */
  appendedAfter(channel: string, place: Position, accepted: Accepted, outcome: Conditional): void {
    const { key, at, about, data } = accepted;
    if (outcome.type === 'appended') {
      const { receipt } = outcome;
      const newer = newerThan(this.saw(channel, receipt.epoch, at), place, about);
      if (newer !== null && !receipt.repeated)
        this.#journal.fail(`${channel} stored ${data} after ${place.offset}, and ${newer}`);
      return this.appended(channel, accepted, receipt);
    }
    const { offset, epoch } = outcome.conflict;
    const life = this.saw(channel, epoch, at);
    const newest = life.newest(about?.subject ?? null);
    const newer = newerThan(life, place, about);
    this.#journal.note(() => `  ${data} comes too late for ${channel} after ${place.offset}: it is at ${offset}`);
    const twin = key === null ? undefined : life.stored.findLast((one) => one.key === key);
    if (twin !== undefined && at.atMs - twin.at.atMs < keyLifeMs) {
      this.#journal.fail(`${channel} has refused ${data}, whose key ${key} is stored`);
    }
    // What is not kept any more may have been newer.
    if (newer === null && life.floor(at) <= place.offset)
      this.#journal.fail(`${channel} has refused ${data}, and nothing newer is there`);
    const told = outcome.conflict.newest;
    if (told !== null && told.offset !== newest?.offset) {
      this.#journal.fail(`${channel} says that ${told.offset} is the newest, and it is ${newest?.offset}`);
    }
  }

  /** Takes note that a log would take nothing about anything more. */
  refusedAsFull(channel: string, { data, about, at }: Accepted): void {
    const life = this.current(channel, at);
    if (life?.newestOnly !== true || !life.full || life.newest(about?.subject ?? '')?.about?.removes === false) {
      this.#journal.fail(`${channel} has refused ${data} as one too many, and it is none`);
    }
  }

  /** Where a publication was stored, in any epoch. */
  places(channel: string, data: number): readonly Position[] {
    return (this.#lives.get(channel) ?? []).flatMap(({ epoch, stored }) =>
      stored.filter((one) => one.data === data).map(({ offset }) => ({ epoch, offset })),
    );
  }
}

/** What is newer than a place, or `null`. */
function newerThan(life: Life, { epoch, offset }: Position, about: About | null): string | null {
  if (epoch !== life.epoch) return `its epoch is ${life.epoch}`;
  const top = life.stored.length;
  if (offset > top) return `its top was ${top}`;
  const newest = life.newest(about?.subject ?? null)?.offset ?? 0;
  return newest > offset ? `${newest} is newer` : null;
}
