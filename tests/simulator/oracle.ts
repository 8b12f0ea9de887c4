import type { Position } from '@rt/protocol';
import { formatPosition, parsePosition } from '@rt/protocol';
import type { Journal, Moment } from './journal.ts';
import type { Ledger, Life, Verdict } from './ledger.ts';
import type { Permissions } from './permissions.ts';
import type { Told, ToldGap, ToldItem, Transcript } from './told.ts';

type Of<Type extends Told['type']> = Extract<Told, { readonly type: Type }>;

/** Where a reader is in one channel of one connection, by what it was told. */
interface Reading {
  readonly life: Life;
  /** When the subscription began. */
  readonly since: Moment;
  at: number;
  /** Whether who is there is told as well. */
  readonly members: boolean;
  /** The gap that has to come next, and what it is to say. */
  owed: { readonly verdict: Verdict; readonly after: Position } | null;
}

/** Compares what one connection was told with what the logs have accepted. Knows nothing of the transport. */
export class Oracle {
  readonly #journal: Journal;
  readonly #permissions: Permissions;
  readonly #transcript: Transcript;
  readonly #ledger: Ledger;
  readonly #readings = new Map<string, Reading>();
  /** The places as they were last known to the client: several gaps are told with the place before them. */
  #gapsToCome = 0;

  constructor(transcript: Transcript, ledger: Ledger, permissions: Permissions, journal: Journal) {
    this.#journal = journal;
    this.#permissions = permissions;
    this.#transcript = transcript;
    this.#ledger = ledger;
  }

  /** @param last The moment until which a connection that is open must have been told everything; `null` for never. */
  check(last: Moment | null): void {
    for (const told of this.#transcript.told) this.#check(told);
    if (last === null || !this.#transcript.open) return;
    for (const [channel, { life, at, owed, members }] of this.#readings) {
      const top = life.top(last);
      if (owed !== null) this.#fail(channel, `was never told a gap: ${owed.verdict.gap}`);
      this.#askedAgain(channel, members);
      if (at !== top) this.#fail(channel, `was told everything up to ${at}, and never the rest up to ${top}`);
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
      this.#readings.set(channel, { life, since: written, at: verdict.offset, members: placed.members, owed });
      return;
    }
    const first = life.verdict(start, earliest);
    if (position.epoch !== life.epoch || position.offset < first.offset || position.offset > verdict.offset) {
      const between = first.offset === verdict.offset ? '' : `${first.offset} to `;
      this.#fail(channel, `was placed at ${show(position)}, not at ${life.epoch}.${between}${verdict.offset}`);
    }
    const { offset } = position;
    // What was true earlier may not be any more when it is written.
    const told = gap?.reason ?? null;
    const meanwhile = life.momentsBetween(earliest, written).map((moment) => life.verdict(start, moment).gap);
    const reason = told === first.gap || meanwhile.includes(told) ? told : verdict.gap;
    this.#sameGap(life, gap, { offset, gap: reason }, asked);
    this.#readings.set(channel, { life, since: written, at: offset, members: placed.members, owed: null });
  }

  #publications(told: Of<'publications'>): void {
    const { channel, position, items, places, written } = told;
    const reading = this.#reading(channel);
    if (reading === null) return;
    const { life } = reading;
    if (reading.owed !== null)
      return this.#fail(channel, `was told ${show(position)} before the gap: ${reading.owed.verdict.gap}`);
    if (position.epoch !== life.epoch) return this.#fail(channel, `was told ${show(position)} in epoch ${life.epoch}`);
    this.#run(life, reading.at, items, written);
    reading.at += items.length;
    if (items.length === 0 || position.offset !== reading.at)
      this.#fail(channel, `was told ${show(position)} after ${reading.at}`);
    this.#notRevoked(told);
    if (places !== null && this.#gapsToCome === 0) this.#samePlaces(channel, places);
  }

  #gap(told: Of<'gap'>): void {
    const { channel, reason, position, earliest, written } = told;
    const reading = this.#reading(channel);
    if (reading === null) return;
    const { life, owed } = reading;
    if (owed !== null) {
      reading.owed = null;
      this.#gapsToCome -= 1;
      reading.at = owed.verdict.offset;
      return this.#sameGap(life, told, owed.verdict, owed.after);
    }
    // Who is not slow is never skipped, unless more came at once than a log holds for anybody.
    if (!this.#transcript.slow() && !life.overran) this.#fail(channel, `was told a gap, ${reason}, and was never slow`);
    const offset = Number(position.slice(position.lastIndexOf('.') + 1));
    if (offset < life.floor(earliest) || offset > life.floor(written)) {
      this.#fail(
        channel,
        `was sent on from ${offset} by a gap, and the floor was ${life.floor(earliest)} to ${life.floor(written)}`,
      );
    }
    if (offset <= reading.at) this.#fail(channel, `was told a gap up to ${position}, and has come to ${reading.at}`);
    this.#sameGap(life, told, { offset, gap: 'trimmed' }, { epoch: life.epoch, offset: reading.at });
    reading.at = offset;
  }

  #page({ channel, start, earliest: asked, written, limit, position, floor, items, gap }: Of<'page'>): void {
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
    // The page is of some moment between the question and the answer.
    const lowest = Math.max(0, life.floor(asked));
    const begin = position.offset - items.length;
    if (items.length > limit) this.#fail(channel, `asked for ${limit} and was given ${items.length}`);
    if (floor.offset < lowest || floor.offset > life.floor(written))
      this.#fail(channel, `was told the floor ${show(floor)}`);
    this.#run(life, begin, items, written);
    if (gap !== null) {
      // One that begins at no place waits from a place of the moment when it was asked: that may be gone as well.
      const after = start.type === 'after' ? start.position : parsePosition(gap.after);
      if (after === null) return this.#fail(channel, `was told a gap after ${gap.after}`);
      const reason = after.epoch !== life.epoch ? 'epoch_changed' : after.offset > begin ? 'ahead' : 'trimmed';
      this.#sameGap(life, gap, { offset: begin, gap: reason }, after);
      if (reason === 'ahead' ? begin < life.top(asked) : begin > life.floor(written) || begin < lowest) {
        this.#fail(channel, `was sent on from ${begin} by a gap, ${reason}`);
      }
      if (reason === 'trimmed' && begin === after.offset) this.#fail(channel, 'was told a gap of nothing');
      return;
    }
    if (start.type === 'after') {
      if (show(start.position) !== show({ epoch: life.epoch, offset: begin })) {
        this.#fail(channel, `asked after ${show(start.position)}, and was given a page after ${begin} without a gap`);
      }
      return;
    }
    const [earliest, latest] = [life.verdict(start, asked).offset, life.verdict(start, written).offset];
    if (begin < earliest || begin > latest)
      this.#fail(channel, `was given a page after ${begin}, not ${earliest} to ${latest}`);
  }

  /** In order, without a hole, and to the letter; and nothing comes before it is stored. */
  #run(life: Life, from: number, items: readonly ToldItem[], written: Moment): void {
    const { channel } = life;
    const top = life.top(written);
    for (const [index, { offset, data }] of items.entries()) {
      const next = from + index + 1;
      if (offset !== next) return this.#fail(channel, `was told ${offset} where ${next} comes next`);
      if (offset > top) return this.#fail(channel, `was told ${offset}, which nobody has stored yet`);
      const stored = life.stored[offset - 1]?.data;
      if (stored !== data) this.#fail(channel, `was told that ${offset} is ${data}, and it is ${stored}`);
    }
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
      if (place?.epoch !== life.epoch || place.offset !== at) {
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

/** Whether a rule is asked about the channel; on the others anyone may do everything. */
function ruled(channel: string): boolean {
  return channel.startsWith('room:');
}

function show({ epoch, offset }: Position): string {
  return formatPosition(epoch, offset);
}
