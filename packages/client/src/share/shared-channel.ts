import type { GapBody, MembersBody, PublicationBody, ServerFrame } from '@rt/protocol';
import { parsePosition, RtError } from '@rt/protocol';
import { PresenceView } from '../presence-view.ts';

type FrameOf<Type extends ServerFrame['type']> = Extract<ServerFrame, { readonly type: Type }>;

/** Where a tab wants to begin. */
export interface Place {
  readonly after?: string;
  readonly last?: number;
}

/** What a tab asks for. */
export interface Wish extends Place {
  readonly presence?: unknown;
}

/** What a channel needs of the session that its tabs share. */
export interface SharedHost {
  tell(pipes: readonly string[], frame: Readonly<Record<string, unknown>>): void;
  ask(
    frame: Readonly<Record<string, unknown>>,
    answered: (frame: ServerFrame) => void,
    failed: (error: RtError) => void,
  ): void;
}

/** One tab's subscription. */
interface Reader {
  readonly id: number | undefined;
  readonly wish: Wish;
  /** Until it is answered nothing is told. */
  waiting: boolean;
  /** The place after what it was told; while it waits, after which it wants to be. */
  epoch: string;
  offset: number;
}

/** How many publications are held for tabs that come a little later. */
const maxHeld = 200;

/**
 * A channel that several tabs read through one subscription. Each tab has a place of its own, and is told what is behind
 * it, so that this is right: the subscription begins nowhere behind a tab's place. Whenever it would, it is made anew
 * from there; and a tab that comes with a place that is not in what is held is answered by the server alone.
 */
export class SharedChannel {
  readonly #name: string;
  readonly #host: SharedHost;
  readonly #readers = new Map<string, Reader>();
  readonly #presence = new PresenceView();
  /** Whether there is a subscription that tells us something. */
  #on = false;
  /** What was told since it began, or what is held of it: after `from`, up to `to`. */
  #epoch = '';
  #from = 0;
  #to = 0;
  #held: PublicationBody[] = [];
  /** Whether `to` is where the log ended when that was asked last. */
  #live = false;
  #conflated = false;
  #watching = false;
  #asking = false;

  constructor(name: string, host: SharedHost) {
    this.#name = name;
    this.#host = host;
  }

  subscribe(pipe: string, id: number | undefined, wish: Wish): void {
    const at = parsePosition(wish.after ?? '');
    const reader = { id, wish, waiting: true, epoch: at?.epoch ?? '', offset: at?.offset ?? 0 };
    if (this.#readers.has(pipe)) {
      const error = new RtError('subscribed_already', `"${this.#name}" is subscribed by this tab`);
      return this.#deny(pipe, reader, error);
    }
    this.#readers.set(pipe, reader);
    this.#settle();
  }

  /** The tab reads no more. What it has asked for is answered all the same. */
  unsubscribe(pipe: string): void {
    const reader = this.#readers.get(pipe);
    if (reader === undefined) return;
    if (reader.waiting && reader.epoch === '') this.#put(reader, this.#to);
    if (reader.waiting) this.#subscribedAt(pipe, reader);
    this.#readers.delete(pipe);
    this.#settle();
  }

  frame(frame: ServerFrame): void {
    if (!this.#on) return;
    switch (frame.type) {
      case 'publications':
        return this.#publications(frame);
      case 'gap':
        this.#gap(frame);
        return this.#settle();
      case 'presence':
        return this.#members(frame);
      case 'unsubscribed':
        return frame.error === undefined ? undefined : this.#end(RtError.of(frame.error));
      default:
    }
  }

  /** Answers whom it can, and asks the server for the next one that it cannot. */
  #settle(): void {
    for (const [pipe, reader] of this.#readers) if (reader.waiting && this.#holds(reader)) this.#answer(pipe, reader);
    if (this.#asking) return;
    const readers = [...this.#readers.values()];
    const place = this.#nextPlace(readers);
    if (place === null && readers.length > 0) return;
    // What it tells until it is over still counts, but for nobody if there is nobody.
    if (this.#on) this.#host.ask({ type: 'unsubscribe', channel: this.#name }, ignore, ignore);
    if (place === null) return this.#off();
    const watching = readers.some(({ wish }) => wish.presence !== undefined);
    const presence = watching && { presence: (this.#watching ? this.#presence.position : null) ?? true };
    this.#asking = true;
    this.#host.ask(
      { type: 'subscribe', channel: this.#name, ...place, ...presence },
      (frame) => frame.type === 'subscribed' && this.#subscribed(frame, place, watching),
      (error) => this.#refused(error, place),
    );
  }

  /**
   * Where the subscription has to begin next; `null` if it is well where it is. First where only the server knows where
   * that is; then the newest place, which might be ahead of the log; last the oldest.
   */
  #nextPlace(readers: readonly Reader[]): Place | null {
    const waiting = readers.filter((reader) => reader.waiting);
    const unknown = waiting.find(({ epoch }) => epoch === '');
    if (unknown !== undefined) {
      const { after: from, last } = unknown.wish;
      return { ...(from !== undefined && { after: from }), ...(last !== undefined && { last }) };
    }
    const furthest = (among: readonly Reader[], sign: 1 | -1): Place | null => {
      const [first] = among;
      if (first === undefined) return null;
      const offsets = among.filter(({ epoch }) => epoch === first.epoch).map(({ offset }) => offset * sign);
      return { after: `${first.epoch}.${Math.max(...offsets) * sign}` };
    };
    return (
      furthest(waiting, 1) ??
      furthest(
        readers.filter((reader) => !this.#covers(reader)),
        -1,
      )
    );
  }

  /** Whether all behind a tab's place is told or held. */
  #covers({ epoch, offset }: Reader): boolean {
    return this.#on && epoch === this.#epoch && offset >= this.#from;
  }

  #holds(reader: Reader): boolean {
    const { wish, epoch, offset } = reader;
    if (!this.#on || (wish.presence !== undefined && !this.#watching)) return false;
    if (epoch !== '') return this.#covers(reader) && offset <= this.#to;
    if (!this.#live || wish.after !== undefined || wish.last !== undefined) return false;
    this.#put(reader, this.#to);
    return true;
  }

  #put(reader: Reader, offset: number): void {
    reader.epoch = this.#epoch;
    reader.offset = offset;
  }

  #subscribed({ position, conflated, presence, gap }: FrameOf<'subscribed'>, place: Place, watching: boolean): void {
    this.#asking = false;
    const at = parsePosition(position);
    if (at === null) return;
    this.#on = true;
    this.#watching = watching;
    this.#conflated = conflated === true;
    this.#begin(at.epoch, at.offset);
    this.#live = place.after === undefined && place.last === undefined;
    if (!watching) this.#presence.end();
    else if (presence !== undefined) {
      this.#presence.begin(presence);
      if ('count' in presence) this.#tellWatchers(presence);
    }
    const asked = parsePosition(place.after ?? '');
    for (const [pipe, reader] of this.#readers) {
      const { wish } = reader;
      if (!reader.waiting || (wish.presence !== undefined && !watching)) continue;
      if (asked === null) {
        // Only the server knows where that is, and has said it of this wish.
        if (reader.epoch !== '' || wish.after !== place.after || wish.last !== place.last) continue;
        this.#put(reader, at.offset);
        this.#answer(pipe, reader, gap);
      } else if (reader.epoch === asked.epoch && reader.offset <= asked.offset) {
        const own = gap && this.#gapOf(reader, gap);
        if (own !== undefined) this.#put(reader, at.offset);
        this.#answer(pipe, reader, own);
      }
    }
    if (gap !== undefined && asked !== null) this.#tellGap(gap);
    this.#settle();
  }

  #begin(epoch: string, offset: number): void {
    this.#epoch = epoch;
    this.#from = offset;
    this.#to = offset;
    this.#held = [];
  }

  /** Tells a tab that it is subscribed, and what is held behind its place. */
  #answer(pipe: string, reader: Reader, gap?: GapBody): void {
    const { offset } = reader;
    reader.waiting = false;
    this.#subscribedAt(pipe, reader, gap);
    if (!this.#covers(reader)) return;
    this.#tell([pipe], this.#held.filter(after(offset)));
    reader.offset = Math.max(offset, this.#to);
  }

  #subscribedAt(pipe: string, { id, wish, epoch, offset }: Reader, gap?: GapBody): void {
    this.#host.tell([pipe], {
      type: 'subscribed',
      id,
      channel: this.#name,
      position: `${epoch}.${offset}`,
      conflated: this.#conflated || undefined,
      presence: wish.presence === undefined ? undefined : membersOf(this.#presence),
      gap,
    });
  }

  #publications({ position, publications }: FrameOf<'publications'>): void {
    const at = parsePosition(position);
    if (at === null || at.epoch !== this.#epoch) return;
    const before = this.#to;
    this.#to = Math.max(before, at.offset);
    for (const publication of publications) if (publication.offset !== undefined) this.#held.push(publication);
    for (const { offset = 0 } of this.#held.splice(0, this.#held.length - maxHeld)) this.#from = offset;
    // Most are where the subscription is, and are told the same.
    const together: string[] = [];
    for (const [pipe, reader] of this.#readers) {
      if (reader.waiting || reader.epoch !== this.#epoch) continue;
      // One that is not covered is told later, from its own place.
      if (reader.offset === before) together.push(pipe);
      else if (reader.offset > before) this.#tell([pipe], publications.filter(after(reader.offset)));
      else continue;
      reader.offset = Math.max(reader.offset, this.#to);
    }
    this.#tell(together, publications);
  }

  #tell(pipes: readonly string[], publications: readonly PublicationBody[]): void {
    if (pipes.length === 0 || publications.length === 0) return;
    const position = `${this.#epoch}.${this.#to}`;
    this.#host.tell(pipes, { type: 'publications', channel: this.#name, position, publications });
  }

  #gap(gap: GapBody): void {
    const at = parsePosition(gap.position);
    if (at === null) return;
    this.#begin(at.epoch, at.offset);
    this.#live = false;
    this.#tellGap(gap);
  }

  /** Tells a gap of the subscription to those whose gap it is. */
  #tellGap(gap: GapBody): void {
    for (const [pipe, reader] of this.#readers) {
      const own = reader.waiting ? undefined : this.#gapOf(reader, gap);
      if (own === undefined) continue;
      this.#put(reader, this.#from);
      this.#host.tell([pipe], { type: 'gap', channel: this.#name, ...own });
    }
  }

  /** What a gap of the subscription is for a tab's place; nothing if that is not in it. */
  #gapOf({ epoch, offset }: Reader, { reason, position }: GapBody): GapBody | undefined {
    const at = parsePosition(position);
    if (at === null) return undefined;
    const own = { after: `${epoch}.${offset}`, position };
    const same = epoch === at.epoch;
    // One that leads to the beginning leads to all that is true: that is right for everybody.
    if (same && at.offset === 0 && this.#conflated) return { ...own, reason };
    // One that leads to the end of the log has left out nothing for those who are not ahead of it.
    if (reason === 'ahead') return same && offset > at.offset ? { ...own, reason } : undefined;
    if (!same) return { ...own, reason: 'epoch_changed' };
    return offset < at.offset ? { ...own, reason: 'trimmed' } : undefined;
  }

  #members(frame: FrameOf<'presence'>): void {
    this.#presence.take(frame);
    this.#tellWatchers({ ...frame });
  }

  #tellWatchers(told: Readonly<Record<string, unknown>>): void {
    const watchers = [...this.#readers].filter(([, { waiting, wish }]) => !waiting && wish.presence !== undefined);
    const pipes = watchers.map(([pipe]) => pipe);
    if (pipes.length > 0) this.#host.tell(pipes, { ...told, type: 'presence', channel: this.#name });
  }

  /** The wish was refused: that is for those who have it. The others are asked for anew. */
  #refused(error: RtError, place: Place): void {
    this.#asking = false;
    this.#off();
    const waiting = [...this.#readers].filter(([, reader]) => reader.waiting);
    if (waiting.length === 0) return this.#end(error);
    const known = parsePosition(place.after ?? '') !== null;
    for (const [pipe, reader] of waiting) {
      const { after: from, last } = reader.wish;
      const same = known ? reader.epoch !== '' : reader.epoch === '' && from === place.after && last === place.last;
      if (same) this.#deny(pipe, reader, error);
      if (same) this.#readers.delete(pipe);
    }
    this.#settle();
  }

  /** The server has ended it for all. */
  #end(error: RtError): void {
    this.#off();
    const readers = [...this.#readers];
    this.#readers.clear();
    for (const [pipe, reader] of readers) {
      if (reader.waiting) this.#deny(pipe, reader, error);
      else this.#host.tell([pipe], { type: 'unsubscribed', channel: this.#name, error });
    }
  }

  #deny(pipe: string, { id }: Reader, error: RtError): void {
    this.#host.tell([pipe], { type: 'error', id, channel: this.#name, error });
  }

  #off(): void {
    this.#on = false;
    this.#watching = false;
    this.#held = [];
    this.#presence.end();
  }
}

function ignore(): void {}

const after =
  (place: number) =>
  ({ offset }: PublicationBody): boolean =>
    offset === undefined || offset > place;

/** Who is there, as a newcomer is told. */
function membersOf(view: PresenceView): MembersBody {
  const { count, connections, members, complete } = view.cell.getSnapshot();
  return complete && view.position !== null
    ? { count, connections, position: view.position, members }
    : { count, connections, sample: members };
}
