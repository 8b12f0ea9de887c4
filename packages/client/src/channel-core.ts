import type { GapBody, PublicationBody, ServerFrame } from '@rt/protocol';
import { parsePosition, RtError } from '@rt/protocol';
import { dataOf } from './bytes.ts';
import { Optimistic } from './optimistic.ts';
import { PresenceView } from './presence-view.ts';
import { Cell, guarded, report } from './store.ts';

/** A publication as the app sees it. */
export interface Publication<Event extends string = string, Data = unknown> {
  readonly event: Event;
  readonly data: Data;
  /** `null` for one that is ephemeral. */
  readonly position: string | null;
  /** The W3C `traceparent` of the span that it was made in. Only where the server tells it. */
  readonly trace?: string;
}

/** A publication as the server tells it, at its place. */
export function publicationOf(
  body: Pick<PublicationBody, 'event' | 'data' | 'base64' | 'trace'>,
  position: string | null,
): Publication {
  const { event, trace } = body;
  return { event, data: dataOf(body), position, ...(trace && { trace }) };
}

/** What a channel is at a moment. */
export type ChannelStatus =
  /** Nobody here reads it. */
  | { readonly state: 'idle' }
  /** It is about to be read for the first time. */
  | { readonly state: 'pending' }
  /** It is read; `position` says how far. */
  | { readonly state: 'live' }
  /** It was read, and will be again from this place. */
  | { readonly state: 'recovering'; readonly position: string }
  /** Publications are missing: the app's state is being read again. */
  | { readonly state: 'gap'; readonly gap: Gap }
  | { readonly state: 'denied'; readonly error: RtError };

/** Publications are missing, and why. */
export type Gap = GapBody;

/** Where a channel is read from for the first time. */
export type From = 'now' | 'start' | { readonly last: number } | { readonly after: string };

/** State that the channel's publications change, with the position to follow it from. */
export interface Loaded<State> {
  readonly state: State;
  readonly position: string;
}

/** What a channel needs of its client. */
export interface ChannelHost {
  /** Says a frame if there is a connection. An error that answers it is handed back, also if the answer is lost. */
  say(frame: Readonly<Record<string, unknown>>, failed?: (error: RtError) => void): void;
  /** Somebody wants to hear of it. */
  need(): void;
  isOpen(): boolean;
  timer(afterMs: number, run: () => void): () => void;
}

/** What one reader of a channel is told. */
export interface Reader {
  publication?(publication: Publication): void;
  gap?(gap: Gap): void;
  /** State was read anew, at the beginning or after a gap. */
  state?(state: unknown): void;
}

/** How long a subscription outlasts its last reader: one that is replaced by another is not subscribed anew. */
const lingerMs = 100;
/** The same object always: publications do not change what a channel is. */
const live: ChannelStatus = { state: 'live' };
/** How long until a subscription that failed for the moment is tried again, where the server does not say. */
const retryMs = 2000;

/** One channel of a client: its place, those who read it, and what it is. */
export class ChannelCore {
  readonly name: string;
  readonly status: Cell<ChannelStatus> = new Cell<ChannelStatus>({ state: 'idle' });
  readonly presence: PresenceView = new PresenceView();
  readonly optimistic: Optimistic = new Optimistic();
  readonly #host: ChannelHost;
  readonly #readers = new Set<Reader>();
  #from: From = 'now';
  #load: (() => Promise<Loaded<unknown>>) | null = null;
  /** The place after the last publication that was delivered; `null` before it is known. */
  #epoch = '';
  #offset = -1;
  /** Whether the server has been asked, or reads to us. */
  #asked = false;
  /** Whether what the connection has begun with, or will, asks for it, and nobody here wants it any more. */
  #unwanted = false;
  /**
   * Subscriptions that have not been answered: until then whatever comes belongs to one that we have left, as does what
   * comes when we have asked for none.
   */
  #unanswered = 0;
  /** How many here want to know who is there, and whether the server was asked to tell. */
  #watches = 0;
  #watching = false;
  #loading = false;
  #cancelLinger: () => void = () => {};
  #cancelRetry: () => void = () => {};

  constructor(name: string, host: ChannelHost) {
    this.name = name;
    this.#host = host;
  }

  get position(): string | null {
    return this.#offset < 0 ? null : `${this.#epoch}.${this.#offset}`;
  }

  /** Says where to begin, and how to read the state that publications change. Before it is read. */
  configure({ from, state }: { readonly from?: From; readonly state?: () => Promise<Loaded<unknown>> }): void {
    if (from !== undefined) this.#from = from;
    if (state !== undefined) this.#load = state;
  }

  /** Reads from now on. Returns how to stop. */
  read(reader: Reader): () => void {
    this.#readers.add(reader);
    this.#cancelLinger();
    this.#start();
    return () => {
      if (this.#readers.delete(reader)) this.#lingers();
    };
  }

  /** Wants to know who is there. Returns how to stop. */
  watch(): () => void {
    this.#watches += 1;
    const stopReading = this.read({});
    // A subscription that was made without it is made anew, from its place.
    if (this.#asked && !this.#watching) this.#anew();
    let over = false;
    return () => {
      if (over) return;
      over = true;
      this.#watches -= 1;
      stopReading();
    };
  }

  /** What a new connection asks for; `null` if nothing, or if state has to be read before. */
  begin(): Readonly<Record<string, unknown>> | null {
    this.#asked = false;
    this.#unwanted = false;
    this.#unanswered = 0;
    return this.#subscription();
  }

  /** There is a connection, and what `begin` has said is on its way. */
  opened(): void {
    if (this.#unwanted) this.#unsubscribe();
    if (this.#readers.size > 0 && !this.#asked) this.#start();
  }

  lost(): void {
    this.#asked = false;
    this.#unanswered = 0;
    this.#cancelRetry();
    const { state } = this.status.getSnapshot();
    const { position } = this;
    if (state === 'live' && position !== null) this.status.set({ state: 'recovering', position });
  }

  /** What is shown of ours is stored: it goes when it comes back, or at once if it will not. */
  stored(key: string, position: string | null): void {
    const at = parsePosition(position ?? '');
    const isRead = this.#readers.size > 0 && this.status.getSnapshot().state !== 'denied';
    if (at === null || !isRead || (at.epoch === this.#epoch && at.offset <= this.#offset)) this.optimistic.settle(key);
    else this.optimistic.returns(key, at);
  }

  /** A frame of the server that names this channel. */
  take(frame: ServerFrame): void {
    if (frame.type === 'subscribed') this.#unanswered -= 1;
    else if ((this.#unanswered > 0 || !this.#asked) && frame.type !== 'left' && frame.type !== 'error') return;
    switch (frame.type) {
      case 'subscribed':
        return this.#subscribed(frame);
      case 'publications': {
        const { position, publications } = frame;
        const at = parsePosition(position);
        // State that is being read again may have them; those that it has not come after it.
        if (at === null || this.status.getSnapshot().state === 'gap') return;
        for (const publication of publications) this.#publication(at.epoch, publication);
        // What was superseded is behind us too.
        if (at.epoch === this.#epoch && at.offset > this.#offset) this.#move(at.epoch, at.offset);
        return this.#live();
      }
      case 'gap':
        return this.#gap(frame);
      case 'unsubscribed':
        if (frame.error !== undefined) this.#refused(RtError.of(frame.error));
        return;
      case 'presence':
        return this.presence.take(frame);
      case 'error':
        return this.#notSubscribed(RtError.of(frame.error));
      default:
    }
  }

  #subscription(): Readonly<Record<string, unknown>> | null {
    if (this.#readers.size === 0) return null;
    if (this.status.getSnapshot().state === 'denied') return null;
    if (this.#load !== null && this.#offset < 0) return null;
    this.#asked = true;
    this.#unanswered += 1;
    this.#watching = this.#watches > 0;
    return {
      channel: this.name,
      ...this.#place(),
      ...(this.#watching && { presence: this.presence.position ?? true }),
    };
  }

  #place(): Readonly<Record<string, unknown>> {
    const { position } = this;
    if (position !== null) return { after: position };
    const from = this.#from;
    if (from === 'now') return {};
    return from === 'start' ? { after: 'start' } : from;
  }

  #start(): void {
    if (this.#asked) return;
    const { state } = this.status.getSnapshot();
    if (state === 'denied') return;
    if (state === 'idle') this.status.set({ state: 'pending' });
    this.#host.need();
    if (this.#load !== null && this.#offset < 0) void this.#loadState(this.#load);
    else if (this.#host.isOpen()) this.#subscribe();
  }

  #subscribe(): void {
    const asked = this.#subscription();
    if (asked !== null) this.#host.say({ type: 'subscribe', ...asked }, (error) => this.#notSubscribed(error));
  }

  #unsubscribe(): void {
    this.#host.say({ type: 'unsubscribe', channel: this.name });
  }

  #anew(): void {
    if (!this.#host.isOpen()) return;
    this.#unsubscribe();
    this.#subscribe();
  }

  #lingers(): void {
    if (this.#readers.size > 0) return;
    this.#cancelLinger();
    this.#cancelLinger = this.#host.timer(lingerMs, () => {
      if (this.#readers.size > 0) return;
      // A connection that is being made cannot be told yet.
      this.#unwanted = this.#asked;
      if (this.#asked) this.#unsubscribe();
      this.#asked = false;
      this.#offset = -1;
      this.#cancelRetry();
      this.presence.end();
      this.optimistic.passed(() => true);
      this.status.set({ state: 'idle' });
    });
  }

  #subscribed({ position, gap, presence }: Extract<ServerFrame, { readonly type: 'subscribed' }>): void {
    if (!this.#asked || this.#unanswered > 0) return;
    if (presence !== undefined) this.presence.begin(presence);
    const at = parsePosition(position);
    if (at === null) return;
    const known = this.#offset >= 0;
    this.#move(at.epoch, at.offset);
    // Where nothing was known before nothing is missing: the server said where we begin.
    if (gap !== undefined && known) return this.#gap(gap);
    this.#live();
  }

  #publication(epoch: string, body: PublicationBody): void {
    const { offset, key } = body;
    if (offset !== undefined && epoch === this.#epoch && offset <= this.#offset) return;
    // The place moves with the delivery: whoever looks at it in a handler sees where that is.
    if (offset !== undefined) this.#move(epoch, offset);
    if (key !== undefined) this.optimistic.settle(key);
    const publication = publicationOf(body, offset === undefined ? null : `${epoch}.${offset}`);
    this.#tell((reader) => reader.publication?.(publication));
  }

  #gap({ reason, after, position }: GapBody): void {
    const at = parsePosition(position);
    if (at !== null) this.#move(at.epoch, at.offset);
    const gap = { reason, after, position };
    if (this.#load === null) this.#live();
    else {
      this.status.set({ state: 'gap', gap });
      void this.#loadState(this.#load);
    }
    this.#tell((reader) => reader.gap?.(gap));
  }

  #notSubscribed(error: RtError): void {
    // What was lost with its connection is asked again with the next one.
    if (error.code === 'connection_lost') return;
    this.#unanswered -= 1;
    this.#refused(error);
  }

  #refused(error: RtError): void {
    this.#asked = false;
    if (!error.retryable) {
      this.optimistic.passed(() => true);
      this.status.set({ state: 'denied', error });
      return;
    }
    this.#cancelRetry();
    this.#cancelRetry = this.#host.timer(error.retryInMs ?? retryMs, () => {
      if (this.#readers.size > 0) this.#start();
    });
  }

  #live(): void {
    const { position } = this;
    if (position !== null && this.#asked && this.status.getSnapshot().state !== 'gap') this.status.set(live);
  }

  #move(epoch: string, offset: number): void {
    const isAnother = epoch !== this.#epoch;
    this.#epoch = epoch;
    this.#offset = offset;
    // What was superseded, or is in the state that was read, does not come back, nor does what was in a log that is lost.
    this.optimistic.passed((at) => (at.epoch === epoch ? at.offset <= offset : isAnother));
  }

  #tell(what: (reader: Reader) => void): void {
    for (const reader of [...this.#readers]) if (this.#readers.has(reader)) guarded(() => what(reader));
  }

  /** Reads the app's state, and goes on from the position that came with it. */
  async #loadState(load: () => Promise<Loaded<unknown>>): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    let loaded: Loaded<unknown> | null = null;
    try {
      loaded = await load();
    } catch (error) {
      if (this.#readers.size > 0) report(error);
    }
    this.#loading = false;
    if (this.#readers.size === 0) return;
    const at = loaded === null ? null : parsePosition(loaded.position);
    if (loaded === null || at === null) {
      this.#cancelRetry();
      this.#cancelRetry = this.#host.timer(retryMs, () => void this.#loadState(load));
      return;
    }
    const { state } = loaded;
    this.#move(at.epoch, at.offset);
    this.status.set({ state: 'recovering', position: loaded.position });
    this.#tell((reader) => reader.state?.(state));
    if (!this.#host.isOpen()) return;
    if (this.#asked) this.#anew();
    else this.#subscribe();
  }
}
