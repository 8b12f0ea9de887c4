import type { Start } from '@rt/protocol';
import { formatPosition } from '@rt/protocol';
import type { Said } from '../delivery/batch.ts';
import type { Feed, Telling } from '../delivery/feed.ts';
import type { Head } from '../log/locate.ts';
import { locate } from '../log/locate.ts';
import { memberTexts } from './members.ts';
import type { Presence } from './presence-definition.ts';
import type { PlaceView } from './presence-store.ts';

/** From this many members on, changes are told together. */
const mergeFrom = 100;
/** How often at most a few of too many members are told anew. */
const sampleEveryMs = 1000;
/** How many are told of too many. */
const sampleSize = 20;
/** All are told again once there are no more than this part of the limit, so that a few who come and go change nothing. */
const listAgainAt = 0.8;

/** How a reader's view of who is there begins. */
export interface Opening {
  readonly offset: number;
  /** A JSON object: who is there, or the place alone from which changes are told. */
  readonly text: string;
}

/**
 * Who is in a channel, for its readers. As long as there are not too many, a reader is told all members once, and then
 * what changes; what changes is told together if there are many. Where there are too many it is told how many, and a few
 * of them. A reader whose place does not lead on is told all members again: so whatever was missed is healed.
 */
export class PresenceFeed implements Feed {
  readonly base = 0;
  readonly skips = true;
  readonly #channel: string;
  readonly #place: PlaceView;
  readonly #presence: Presence;
  /** Whether all are told. */
  #lists = true;
  /** The place from which all are told: whoever is before it was told a few. */
  #listsFrom = 0;
  #list: { readonly top: number; readonly text: string } | null = null;

  constructor(channel: string, place: PlaceView, presence: Presence) {
    this.#channel = channel;
    this.#place = place;
    this.#presence = presence;
    this.#settle();
  }

  /** The same place, whose log has become another one. */
  anew(): PresenceFeed {
    return new PresenceFeed(this.#channel, this.#place, this.#presence);
  }

  get epoch(): string {
    return this.#place.log.epoch;
  }

  get top(): number {
    return this.#place.log.top;
  }

  get handedOut(): number {
    return this.#place.log.handedOut;
  }

  set handedOut(offset: number) {
    this.#place.log.handedOut = offset;
  }

  get everyMs(): number {
    const { mergeMs } = this.#presence;
    if (!this.#lists) return Math.max(mergeMs, sampleEveryMs);
    return this.#place.count >= mergeFrom ? mergeMs : 0;
  }

  head(nowMs: number): Head {
    return this.#place.log.head(nowMs);
  }

  /** Whoever has missed something is told all. */
  holds(): boolean {
    return true;
  }

  /** Says all up to the newest place, so that how many there are, and who, are of one moment. */
  says(from: number, _upTo: number, _how: Telling): Said {
    this.#settle();
    if (!this.#leadsOn(from)) return this.#said(`{${this.#members()}}`, from, this.top);
    const { entries, to } = this.#place.log.read(from);
    const payloads = (removes: boolean): string =>
      entries
        .filter(({ about }) => about?.removes === removes)
        .map(({ payload }) => payload)
        .join(',');
    const position = formatPosition(this.epoch, to);
    const changes = `"changed":[${payloads(false)}],"left":[${payloads(true)}]`;
    return this.#said(`{"position":"${position}",${this.#counts()},${changes}}`, from, to);
  }

  /** Where a reader begins at this moment, and what it is told first. */
  open(start: Start, nowMs: number): Opening {
    this.#settle();
    const { gap, offset } = locate(start, this.head(nowMs));
    if (start.type === 'after' && gap === null && this.#leadsOn(offset)) {
      return { offset, text: `{"position":"${formatPosition(this.epoch, offset)}"}` };
    }
    return { offset: this.top, text: `{${this.#members()}}` };
  }

  trim(nowMs: number): void {
    this.#place.log.trim(nowMs);
  }

  /** Whether what changes is all that whoever is at this place needs to be told. */
  #leadsOn(offset: number): boolean {
    return this.#lists && offset >= this.#listsFrom && this.#place.log.holds(offset);
  }

  /** Everybody who is there, or a few where they are too many. */
  #members(): string {
    if (!this.#lists) return `${this.#counts()},"sample":[${this.#place.sample(sampleSize).join(',')}]`;
    if (this.#list?.top !== this.top) this.#list = { top: this.top, text: this.#allMembers() };
    return this.#list.text;
  }

  #allMembers(): string {
    const members = memberTexts(this.#place).join(',');
    return `"position":"${formatPosition(this.epoch, this.top)}",${this.#counts()},"members":[${members}]`;
  }

  #counts(): string {
    return `"count":${this.#place.count},"connections":${this.#place.connections}`;
  }

  #said(body: string, from: number, to: number): Said {
    return { type: 'lines', lines: `{"type":"presence","channel":"${this.#channel}",${body.slice(1)}\n`, from, to };
  }

  #settle(): void {
    const { listUpTo } = this.#presence;
    const { count } = this.#place;
    if (this.#lists && count > listUpTo) this.#lists = false;
    else if (!this.#lists && count <= listUpTo * listAgainAt) {
      this.#lists = true;
      this.#listsFrom = this.top;
    }
  }
}
