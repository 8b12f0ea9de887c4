import type { Start } from '@rt/core';
import type { ErrorBody } from '@rt/protocol';
import { live, parsePosition } from '@rt/protocol';
import type { Client, Surroundings, Where } from './client.ts';
import { retryMs, startFields } from './client.ts';
import type { Moment } from './journal.ts';
import { Places } from './places.ts';
import { transcriptOf } from './stream-client.ts';
import type { ToldGap, Transcript } from './told.ts';

/** How a poll asks. `null` does not wait. */
export interface PollStyle {
  readonly waitS: number | null;
  readonly limit: number;
}

/** What a poll client reads, and how. */
export interface PollPlan {
  readonly channel: string;
  readonly where: Where;
  readonly style: PollStyle;
}

interface PageBody {
  readonly channel: string;
  readonly position: string;
  readonly floor: string;
  readonly publications: readonly { readonly position: string; readonly data: number }[];
  readonly gap?: ToldGap;
}

interface Question {
  readonly start: Start;
  readonly asked: Moment;
  readonly style: PollStyle;
}

/** Reads one channel page by page, each from where the one before it ended. */
export class PollClient implements Client {
  readonly kind = 'poll';
  readonly user: string;
  readonly #channel: string;
  readonly #around: Surroundings;
  readonly #places = new Places();
  #style: PollStyle;
  #transcript: Transcript | null = null;
  #asked: Start = live;
  #retryAtMs = 0;
  #left = false;
  #denied = false;
  /** Whether the last page was the end of the log. */
  #ended = false;

  constructor(user: string, { channel, where, style }: PollPlan, around: Surroundings) {
    this.user = user;
    this.#channel = channel;
    this.#around = around;
    this.#style = style;
    this.#places.seek(channel, where);
  }

  act(): void {
    const { journal, network, record } = this.#around;
    if (this.#transcript?.open === true || this.#left || this.#denied || journal.atMs < this.#retryAtMs) return;
    const start = this.#places.start(this.#channel);
    const style = this.#style;
    this.#asked = start;
    const { waitS, limit } = style;
    const query = new URLSearchParams({ channel: this.#channel, limit: String(limit) });
    if (waitS !== null) query.set('wait', String(waitS));
    for (const [name, value] of Object.entries(startFields(start))) query.set(name, String(value));
    const asked = journal.moment();
    const end = {
      head: () => journal.fail(`${this.user}: a poll was answered with a stream`),
      received: () => journal.fail(`${this.user}: a poll was answered with a stream`),
      replied: (status: number, body: string, written: Moment) => {
        if (status === 200) this.#page(transcript, { start, asked, style }, JSON.parse(body) as PageBody, written);
        else this.#refused((JSON.parse(body) as { error: ErrorBody }).error);
      },
      closed: () => {
        transcript.open = false;
      },
    };
    const headers = { accept: 'application/json' };
    const wire = network.open(this.user, { method: 'GET', query: query.toString(), headers, body: '' }, end);
    const transcript = transcriptOf(wire, this.user, asked);
    this.#transcript = transcript;
    record(transcript);
  }

  hope(): void {
    this.#denied = false;
  }

  seek(channel: string, where: Where): void {
    if (channel === this.#channel) this.#places.seek(channel, where);
  }

  leave(): void {
    this.#left = true;
  }

  /** From now on it asks without waiting: the last page says whether it has come to the end. */
  hurry(): void {
    this.#style = { waitS: 0, limit: 100 };
    this.#ended = false;
  }

  fault(): string | null {
    if (this.#left || this.#denied) return null;
    if (this.#ended || this.#waitsAtTheTop()) return null;
    return 'has not come to the end of its channel';
  }

  /** Whether a poll is under way for which there is nothing yet. */
  #waitsAtTheTop(): boolean {
    const start = this.#asked;
    if (this.#transcript?.open !== true) return false;
    if (start.type !== 'after') return true;
    const { epoch, offset } = start.position;
    const life = this.#transcript.ledger()?.find(this.#channel, epoch);
    return life?.top(this.#around.journal.moment()) === offset;
  }

  #page(transcript: Transcript, { start, asked, style }: Question, page: PageBody, written: Moment): void {
    const position = parsePosition(page.position);
    const floor = parsePosition(page.floor);
    if (position === null || floor === null)
      return this.#around.journal.fail(`${this.user}: a page without a position`);
    const items = page.publications.map((one) => ({
      offset: parsePosition(one.position)?.offset ?? -1,
      data: one.data,
    }));
    const { limit, waitS } = style;
    // A page that does not wait begins with the newest if nothing says where.
    const from: Start = start.type === 'live' && waitS === null ? { type: 'last', count: limit } : start;
    const told = {
      earliest: asked,
      written,
      limit,
      position,
      floor,
      items,
      gap: page.gap ?? null,
    } as const;
    transcript.told.push({ type: 'page', channel: this.#channel, start: from, ...told });
    this.#ended = items.length === 0 && page.gap === undefined;
    this.#places.came(this.#channel, position);
  }

  #refused(error: ErrorBody): void {
    this.#denied = !error.retryable;
    this.#retryAtMs = this.#around.journal.atMs + retryMs;
  }
}
