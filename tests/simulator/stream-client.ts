import type { Head, Start } from '@rt/core';
import type { ErrorBody, Position, SseParser } from '@rt/protocol';
import { createSseParser, formatCursor, formatPosition, parseCursor, parsePosition } from '@rt/protocol';
import type { Client, Surroundings, Where } from './client.ts';
import { retryMs, startFields } from './client.ts';
import type { Moment } from './journal.ts';
import { Places } from './places.ts';
import type { ToldGap, Transcript } from './told.ts';
import type { Wire } from './wire.ts';
import type { WireEnd } from './wire-end.ts';

/** A plain stream over one or several channels, as a browser's `EventSource` reads it: it remembers one id. */
export class StreamClient implements Client {
  readonly kind = 'stream';
  readonly user: string;
  readonly #channels: readonly string[];
  readonly #around: Surroundings;
  readonly #places = new Places();
  readonly #sought = new Set<string>();
  #connection: Connection | null = null;
  #retryAtMs = 0;
  #left = false;
  #denied = false;
  /** The last id, as its places. */
  #last: ReadonlyMap<string, Position> = new Map();

  constructor(user: string, channels: readonly string[], where: Where, around: Surroundings) {
    this.user = user;
    this.#channels = channels;
    this.#around = around;
    for (const channel of channels) this.#places.seek(channel, where);
  }

  act(): void {
    const { journal, network, record } = this.#around;
    if (this.#connection?.over === false || this.#left || this.#denied || journal.atMs < this.#retryAtMs) return;
    const starts = new Map(this.#channels.map((channel) => [channel, this.#start(channel)]));
    this.#sought.clear();
    const query = new URLSearchParams(this.#channels.map((channel) => ['channel', channel]));
    const after = new Map<string, Position>();
    for (const [channel, start] of starts) {
      if (start.type === 'after') after.set(channel, start.position);
      else for (const [name, value] of Object.entries(startFields(start))) query.set(name, String(value));
    }
    const [only] = after.values();
    const single = this.#channels.length === 1 && only !== undefined;
    const id = single ? formatPosition(only.epoch, only.offset) : formatCursor(after);
    const headers = { accept: 'text/event-stream', ...(after.size > 0 && { 'last-event-id': id }) };
    const connection = new Connection(this.#channels, starts, {
      came: (places) => this.#came(places),
      ended: () => {
        this.#retryAtMs = journal.atMs + retryMs;
      },
      refused: (error) => {
        this.#denied = !error.retryable;
      },
      fail: (why) => journal.fail(`${this.user}: ${why}`),
    });
    this.#connection = connection;
    const wire = network.open(this.user, { method: 'GET', query: query.toString(), headers, body: '' }, connection);
    connection.transcript = transcriptOf(wire, this.user, journal.moment());
    record(connection.transcript);
  }

  hope(): void {
    this.#denied = false;
  }

  seek(channel: string, where: Where): void {
    if (!this.#channels.includes(channel) || this.#last.size === 0) return;
    if (where.type === 'start' || where.type === 'last' || where.type === 'live') return;
    this.#places.seek(channel, where);
    this.#sought.add(channel);
  }

  leave(): void {
    this.#left = true;
  }

  /** Whether it has a stream. */
  get open(): boolean {
    return this.#connection?.transcript?.open === true;
  }

  fault(): string | null {
    if (this.#left || this.#denied) return null;
    return this.open ? null : 'has no stream';
  }

  /** Before the first id every channel begins where the client wants; from then on at the id, unless it makes one up. */
  #start(channel: string): Start {
    const last = this.#last.get(channel);
    if (last === undefined || this.#sought.has(channel)) return this.#places.start(channel);
    return { type: 'after', position: last };
  }

  #came(places: ReadonlyMap<string, Position>): void {
    this.#last = places;
    for (const [channel, position] of places) this.#places.came(channel, position);
  }
}

/** The beginning of what is recorded of a wire. */
export function transcriptOf(wire: Wire, user: string, opened: Moment): Transcript {
  return {
    name: wire.name,
    user,
    opened,
    told: [],
    refreshed: null,
    open: true,
    ledger: () => wire.host?.ledger ?? null,
    presence: () => wire.host?.presence?.ledger ?? null,
    slow: () => wire.wasSlow,
  };
}

interface Owner {
  came(places: ReadonlyMap<string, Position>): void;
  ended(): void;
  refused(error: ErrorBody): void;
  fail(why: string): void;
}

/** One stream, from its request to its end. */
class Connection implements WireEnd {
  transcript: Transcript | null = null;
  over = false;
  readonly #channels: readonly string[];
  readonly #starts: ReadonlyMap<string, Start>;
  readonly #owner: Owner;
  readonly #parser: SseParser = createSseParser();
  /** The last id of this connection. */
  #places: ReadonlyMap<string, Position> | null = null;

  constructor(channels: readonly string[], starts: ReadonlyMap<string, Start>, owner: Owner) {
    this.#channels = channels;
    this.#starts = starts;
    this.#owner = owner;
  }

  head(head: Head): void {
    if (head.status !== 200) this.#owner.fail(`a stream began with ${head.status}`);
  }

  received(bytes: Uint8Array, written: Moment): void {
    for (const item of this.#parser.feed(bytes)) {
      if (item.type === 'id') this.#came(this.#read(item.id), written);
      if (item.type === 'event') this.#event(item.id, item.event, item.data, written);
    }
  }

  replied(status: number, body: string): void {
    // A closing server ends the stream with its head: the browser comes back by itself.
    if (status === 200) return;
    const { error } = JSON.parse(body) as { error: ErrorBody };
    this.#owner.refused(error);
  }

  closed(): void {
    this.over = true;
    if (this.transcript !== null) this.transcript.open = false;
    this.#owner.ended();
  }

  /** The first place is that of the beginning; later ones lead on over what need not be told. */
  #came(places: ReadonlyMap<string, Position>, written: Moment): void {
    const before = this.#places;
    this.#places = places;
    if (before === null) return this.#placed(places, written);
    for (const [channel, position] of places) {
      if (before.get(channel)?.offset === position.offset) continue;
      const told = { type: 'publications', channel, earliest: written, written } as const;
      this.transcript?.told.push({ ...told, position, items: [], passed: [], places });
    }
    this.#owner.came(places);
  }

  #placed(places: ReadonlyMap<string, Position>, written: Moment): void {
    for (const channel of this.#channels) {
      const position = places.get(channel);
      const start = this.#starts.get(channel);
      if (position === undefined || start === undefined) this.#owner.fail(`the first id is without ${channel}`);
      else
        this.transcript?.told.push({
          type: 'placed',
          channel,
          earliest: written,
          written,
          start,
          position,
          gap: null,
          gapFollows: true,
          members: false,
        });
    }
    this.#owner.came(places);
  }

  #event(id: string, event: string, data: string, written: Moment): void {
    // A goodbye says nothing about publications.
    if (event === 'rt.bye') return;
    const places = this.#read(id);
    this.#places = places;
    const body = JSON.parse(data) as unknown;
    if (event === 'rt.gap') {
      const { channel, reason, after, position } = body as ToldGap & { channel: string };
      this.transcript?.told.push({ type: 'gap', channel, earliest: written, written, reason, after, position });
    } else {
      const [only = ''] = this.#channels;
      const told =
        this.#channels.length === 1 ? { channel: only, data: body } : (body as { channel: string; data: unknown });
      const position = places.get(told.channel);
      if (position === undefined) return this.#owner.fail(`the id ${id} is without ${told.channel}`);
      // What is ephemeral comes without an id of its own.
      const passes = event === 'waved';
      const items = passes ? [] : [{ offset: position.offset, data: Number(told.data) }];
      const passed = passes ? [Number(told.data)] : [];
      const { channel } = told;
      this.transcript?.told.push({
        type: 'publications',
        channel,
        earliest: written,
        written,
        position,
        items,
        passed,
        places,
      });
    }
    this.#owner.came(places);
  }

  #read(id: string): ReadonlyMap<string, Position> {
    const [only = ''] = this.#channels;
    const position = this.#channels.length === 1 ? parsePosition(id) : null;
    const places = position === null ? parseCursor(id) : new Map([[only, position]]);
    if (places === null) this.#owner.fail(`no places in the id ${JSON.stringify(id)}`);
    return places ?? new Map();
  }
}
