import type { Position } from '@rt/protocol';
import { formatPosition } from '@rt/protocol';
import type { Journal, Moment } from './journal.ts';
import type { Ledger } from './ledger.ts';
import type { Life, Verdict } from './life.ts';
import { pageFault } from './page-oracle.ts';
import type { Permissions } from './permissions.ts';
import { firstMissing, runFault } from './run-check.ts';
import type { Told, ToldGap, Transcript } from './told.ts';

type Of<Type extends Told['type']> = Extract<Told, { readonly type: Type }>;

/** Where a reader is in one channel of one connection, by what it was told. */
interface Reading {
  readonly life: Life;
  /** When the subscription began. */
  readonly since: Moment;
  at: number;
  /** What the top was when it was told what comes first, if that began at 0: it knows nothing of what was removed by then. */
  unknownTo: number;
  /** The same at least: what is told may have been made before it was written. */
  surelyTo: number;
  /** Whether who is there is told as well. */
  readonly members: boolean;
  /** The gap that has to come next, and what it is to say. */
  owed: { readonly verdict: Verdict; readonly after: Position } | null;
}

interface OracleWorld {
  readonly permissions: Permissions;
  readonly journal: Journal;
  /** Whether channels leave out what was superseded. */
  readonly conflates: boolean;
}

/** Compares what one connection was told with what the logs have accepted. Knows nothing of the transport. */
export class Oracle {
  readonly #journal: Journal;
  readonly #permissions: Permissions;
  readonly #transcript: Transcript;
  readonly #ledger: Ledger;
  readonly #readings = new Map<string, Reading>();
  readonly #conflates: boolean;
  /** What was passed that it was told. */
  readonly #passed = new Set<number>();
  /** The places as they were last known to the client: several gaps are told with the place before them. */
  #gapsToCome = 0;

  constructor(transcript: Transcript, ledger: Ledger, { permissions, journal, conflates }: OracleWorld) {
    this.#conflates = conflates;
    this.#journal = journal;
    this.#permissions = permissions;
    this.#transcript = transcript;
    this.#ledger = ledger;
  }

  /** @param last The moment until which a connection that is open must have been told everything; `null` for never. */
  check(last: Moment | null): void {
    for (const told of this.#transcript.told) this.#check(told);
    if (last === null || !this.#transcript.open) return;
    for (const [channel, { life, at, unknownTo, owed, members }] of this.#readings) {
      const top = life.top(last);
      if (owed !== null) this.#fail(channel, `was never told a gap: ${owed.verdict.gap}`);
      this.#askedAgain(channel, members);
      const rest = { written: last, since: at === 0 ? top : unknownTo, conflatedTo: 0 };
      const complete = life.newestOnly ? firstMissing(life, at + 1, top, rest) === null : at === top;
      if (!complete) this.#fail(channel, `was told everything up to ${at}, and never the rest up to ${top}`);
    }
  }

  /** Who has come with a new token is not subscribed to what was denied by then. */
  #askedAgain(channel: string, members: boolean): void {
    const { user, refreshed } = this.#transcript;
    for (const operation of members ? (['subscribe', 'members'] as const) : (['subscribe'] as const)) {
      const denied = this.#permissions.deniedSince({ operation, user, channel });
      if (ruled(channel) && refreshed !== null && denied !== null && denied.order < refreshed.order) {
        this.#fail(channel, `is denied to ${operation} since before a new token came, and is subscribed`);
      }
    }
  }

  #check(told: Told): void {
    switch (told.type) {
      case 'placed':
        return this.#placed(told);
      case 'publications':
        return this.#publications(told);
      case 'gap':
        return this.#gap(told);
      case 'unsubscribed':
        this.#readings.delete(told.channel);
        return;
      case 'page':
        return this.#page(told);
      case 'presence':
        return this.#notRevoked(told);
    }
  }

  /** Nothing is told of a channel once its permission was taken back. */
  #notRevoked({ channel, earliest }: Of<'presence' | 'publications'>): void {
    const reading = this.#reading(channel);
    if (reading === null) return;
    if (this.#permissions.revokedBefore(this.#transcript.user, channel, earliest.order) > reading.since.order) {
      this.#fail(channel, 'was told something after its permission was taken back');
    }
  }

  #placed(placed: Of<'placed'>): void {
    const { channel, start, position, gap, written, earliest, gapFollows } = placed;
    if (this.#readings.has(channel)) this.#fail(channel, 'was subscribed twice');
    const asked = start.type === 'after' ? start.position : null;
    // A plain stream begins with the place that was asked for, and goes on from there with the gap, if there is one.
    const life = gapFollows ? this.#ledger.current(channel, written) : this.#ledger.find(channel, position.epoch);
    if (life === null) return this.#fail(channel, `was placed at ${show(position)}, and no log has this epoch`);
    this.#allowed(placed);
    const verdict = life.verdict(start, written);
    if (gapFollows && asked !== null) {
      if (show(position) !== show(asked)) this.#fail(channel, `was placed at ${show(position)}, not at ${show(asked)}`);
      const owed = verdict.gap === null ? null : { verdict, after: asked };
      if (owed !== null) this.#gapsToCome += 1;
      this.#place(life, placed, verdict.offset, owed);
      return;
    }
    const first = life.verdict(start, earliest);
    const [lowest, highest] = [Math.min(first.offset, verdict.offset), Math.max(first.offset, verdict.offset)];
    if (position.epoch !== life.epoch || position.offset < lowest || position.offset > highest) {
      const between = first.offset === verdict.offset ? '' : `${first.offset} to `;
      this.#fail(channel, `was placed at ${show(position)}, not at ${life.epoch}.${between}${verdict.offset}`);
    }
    const { offset } = position;
    // What was true earlier may not be any more when it is written.
    const told = gap?.reason ?? null;
    const meanwhile = life.momentsBetween(earliest, written).map((moment) => life.verdict(start, moment).gap);
    const reason = told === first.gap || meanwhile.includes(told) ? told : verdict.gap;
    this.#sameGap(life, gap, { offset, gap: reason }, asked);
    this.#place(life, placed, offset, null);
  }

  #place(life: Life, { channel, written, members }: Of<'placed'>, at: number, owed: Reading['owed']): void {
    this.#readings.set(channel, { life, since: written, at, unknownTo: 0, surelyTo: 0, members, owed });
  }

  #publications(told: Of<'publications'>): void {
    const { channel, position, items, passed, places, earliest, written } = told;
    const reading = this.#reading(channel);
    if (reading === null) return;
    const { life } = reading;
    if (reading.owed !== null)
      return this.#fail(channel, `was told ${show(position)} before the gap: ${reading.owed.verdict.gap}`);
    if (position.epoch !== life.epoch) return this.#fail(channel, `was told ${show(position)} in epoch ${life.epoch}`);
    this.#passing(channel, passed, written);
    // On a plain stream each publication comes alone, and what supersedes one that was left out comes later.
    const conflatedTo = !this.#conflates ? 0 : places === null ? position.offset : life.top(written);
    // Who has read nothing yet knows of nothing.
    if (reading.at === 0) {
      reading.unknownTo = life.top(written);
      reading.surelyTo = life.top(earliest);
    }
    const since = reading.unknownTo;
    const run = { from: reading.at, items, upTo: position.offset, written, since, conflatedTo };
    const fault = runFault(life, run);
    if (fault !== null) this.#fail(channel, fault);
    const skips = life.newestOnly || this.#conflates;
    if (position.offset < reading.at || (!skips && position.offset !== reading.at + items.length))
      this.#fail(channel, `was told ${show(position)} after ${reading.at}`);
    if (items.length + passed.length === 0 && position.offset === reading.at)
      this.#fail(channel, `was told nothing, after ${reading.at}`);
    reading.at = position.offset;
    this.#notRevoked(told);
    if (places !== null && this.#gapsToCome === 0) this.#samePlaces(channel, places);
  }

  /** What is ephemeral is told once at most, and not before it was published. */
  #passing(channel: string, passed: readonly number[], written: Moment): void {
    for (const data of passed) {
      const truth = this.#ledger.passed.find((one) => one.data === data && one.channel === channel);
      if (truth === undefined || truth.at.order > written.order)
        this.#fail(channel, `was told ${data}, which was not passed`);
      if (this.#passed.has(data)) this.#fail(channel, `was told ${data} twice, and it is ephemeral`);
      this.#passed.add(data);
    }
  }

  #gap(told: Of<'gap'>): void {
    const { channel, reason, position, earliest, written } = told;
    const reading = this.#reading(channel);
    if (reading === null) return;
    const { life, owed } = reading;
    if (owed !== null) {
      reading.owed = null;
      this.#gapsToCome -= 1;
      sendOn(reading, owed.verdict.offset);
      return this.#sameGap(life, told, owed.verdict, owed.after);
    }
    // Who is not slow is never skipped, unless more came at once than a log holds for anybody.
    if (!this.#transcript.slow() && !life.overran) this.#fail(channel, `was told a gap, ${reason}, and was never slow`);
    const offset = Number(position.slice(position.lastIndexOf('.') + 1));
    if (life.newestOnly) {
      if (offset !== 0 || reading.at === 0 || Math.max(reading.at, reading.surelyTo) >= life.floor(written))
        this.#fail(
          channel,
          `was sent on from ${offset} by a gap, at ${reading.at}, and the floor was ${life.floor(written)}`,
        );
    } else if (offset < life.floor(earliest) || offset > life.floor(written)) {
      this.#fail(
        channel,
        `was sent on from ${offset} by a gap, and the floor was ${life.floor(earliest)} to ${life.floor(written)}`,
      );
    }
    if (!life.newestOnly && offset <= reading.at)
      this.#fail(channel, `was told a gap up to ${position}, and has come to ${reading.at}`);
    this.#sameGap(life, told, { offset, gap: 'trimmed' }, { epoch: life.epoch, offset: reading.at });
    sendOn(reading, offset);
  }

  #page(page: Of<'page'>): void {
    const { channel, earliest: asked, written, position, items } = page;
    const { user } = this.#transcript;
    const life = this.#ledger.find(channel, position.epoch);
    if (life === null) return this.#fail(channel, `was given a page of ${show(position)}, and no log has this epoch`);
    // A page that was allowed may still be on its way when that is taken back; what is published later is not on it.
    const newest = life.stored[position.offset - 1]?.at.order ?? 0;
    const revoked = items.length === 0 ? 0 : this.#permissions.revokedBefore(user, channel, newest);
    const since = Math.max(asked.order, revoked);
    if (
      ruled(channel) &&
      !this.#permissions.allowedBetween({ operation: 'subscribe', user, channel }, since, written)
    ) {
      this.#fail(channel, `was given a page, and no rule has allowed it`);
    }
    const fault = pageFault(life, page, this.#conflates);
    if (fault !== null) this.#fail(channel, fault);
  }

  #sameGap(life: Life, gap: ToldGap | null, { gap: reason, offset }: Verdict, after: Position | null): void {
    const expected =
      reason === null || after === null ? 'no gap' : `${reason} after ${show(after)} up to ${life.epoch}.${offset}`;
    const told = gap === null ? 'no gap' : `${gap.reason} after ${gap.after} up to ${gap.position}`;
    if (told !== expected) this.#fail(life.channel, `was told ${told}; the truth is ${expected}`);
  }

  #samePlaces(channel: string, places: ReadonlyMap<string, Position>): void {
    for (const [name, { life, at }] of this.#readings) {
      const place = places.get(name);
      const skips = life.newestOnly || this.#conflates;
      if (place?.epoch !== life.epoch || (skips ? place.offset < at : place.offset !== at)) {
        this.#fail(channel, `came with an id that has ${name} at ${place?.offset}, and it is at ${at}`);
      }
    }
  }

  #allowed({ channel, earliest, written, members }: Of<'placed'>): void {
    const { user, opened } = this.#transcript;
    if (!ruled(channel)) return;
    const since = Math.max(opened.order, this.#permissions.revokedBefore(user, channel, earliest.order));
    if (!this.#permissions.allowedBetween({ operation: 'subscribe', user, channel }, since, written)) {
      this.#fail(channel, 'was subscribed, and no rule has allowed it');
    }
    if (members && !this.#permissions.allowedBetween({ operation: 'members', user, channel }, since, written)) {
      this.#fail(channel, 'is told who is there, and no rule has allowed it');
    }
  }

  #reading(channel: string): Reading | null {
    const reading = this.#readings.get(channel);
    if (reading === undefined) this.#fail(channel, 'was told something while it was not subscribed');
    return reading ?? null;
  }

  #fail(channel: string, why: string): void {
    this.#journal.fail(`${this.#transcript.name} on ${channel} ${why}`);
  }
}

function sendOn(reading: Reading, offset: number): void {
  Object.assign(reading, { at: offset, unknownTo: 0, surelyTo: 0 });
}

/** Whether a rule is asked about the channel; on the others anyone may do everything. */
function ruled(channel: string): boolean {
  return channel.startsWith('room:');
}

function show({ epoch, offset }: Position): string {
  return formatPosition(epoch, offset);
}
