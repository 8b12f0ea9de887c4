import type { ChannelStatus, From, Gap, History, HistoryQuery, Loaded, Publication, Store } from '@rt/client';
import { RtError } from '@rt/client';

/** A channel, as far as a feed needs it. */
export interface FeedSource extends Store<ChannelStatus> {
  readonly position: string | null;
  onAny(handler: (publication: Publication) => void): () => void;
  onGap(handler: (gap: Gap) => void): () => void;
  history(query: HistoryQuery): Promise<History<Publication>>;
}

/** What a channel's publications are made into. */
export interface FeedPlan<State> {
  readonly initial: State;
  readonly reduce: (state: State, publication: Publication) => State;
  readonly from: From;
  /** Reads the state, and the position to follow it from. */
  readonly load: (() => Promise<Loaded<State>>) | undefined;
}

/** How long until what has failed is tried again, where the server does not say. */
const retryMs = 2000;

/**
 * What a channel's publications make up, from its own place on: whoever comes when the channel is long read is told what
 * was before, reads on from where it was if it was put aside, and begins anew when publications are missing.
 */
export class Feed<State> implements Store<State> {
  readonly #channel: FeedSource;
  readonly #plan: () => FeedPlan<State>;
  #state: State;
  /** Everything up to here is in the state; `null` before that is known. */
  #place: string | null = null;
  /** What has come while what was before it is being read; `null` once it has been. */
  #waiting: Publication[] | null = [];
  /** Counts the beginnings: what an older one has asked for does not count. */
  #beginning = 0;
  #changed: () => void = () => {};
  #wake: () => void = () => {};

  constructor(channel: FeedSource, initial: State, plan: () => FeedPlan<State>) {
    this.#channel = channel;
    this.#state = initial;
    this.#plan = plan;
  }

  getSnapshot(): State {
    return this.#state;
  }

  /** Reads as long as somebody listens: one at a time. */
  subscribe(changed: () => void): () => void {
    this.#changed = changed;
    const stops = [
      this.#channel.onAny((publication) => {
        if (this.#waiting === null) this.#take([publication]);
        else this.#waiting.push(publication);
      }),
      this.#channel.onGap(() => this.#beginAnew()),
      this.#channel.subscribe(() => this.#wake()),
    ];
    this.#begin();
    return () => {
      this.#beginning += 1;
      for (const stop of stops) stop();
    };
  }

  #begin(): void {
    this.#waiting = [];
    const beginning = (this.#beginning += 1);
    const isOver = (): boolean => beginning !== this.#beginning;
    // In strict mode components mount twice in one turn: nothing is asked for the first time.
    queueMicrotask(() => {
      if (isOver()) return;
      this.#catchUp(isOver).catch((error: unknown) => {
        if (isOver()) return;
        const { initial, load } = this.#plan();
        const refused = error instanceof RtError && !error.retryable;
        // Whoever may not read what was before begins now.
        if (refused && load === undefined) return this.#join(initial, null);
        if (refused || !(error instanceof RtError)) report(error);
        const afterMs = (error instanceof RtError ? error.retryInMs : null) ?? retryMs;
        setTimeout(() => !isOver() && this.#begin(), afterMs);
      });
    });
  }

  /** What was there is shown until there is something else. */
  #beginAnew(): void {
    this.#place = null;
    this.#begin();
  }

  /** Reads up to where the channel is live: what is published after that is told, and waits meanwhile. */
  async #catchUp(isOver: () => boolean): Promise<void> {
    const live = await this.#live();
    if (isOver()) return;
    const { initial, reduce, from, load } = this.#plan();
    let place = this.#place;
    let state = place === null ? initial : this.#state;
    if (place === null && load !== undefined) {
      ({ state, position: place } = await load());
      if (isOver()) return;
    }
    let query = place === null ? queryOf(from) : { after: place };
    while (query !== null && (place === null || isAfter(live, place))) {
      const { publications, position, gap } = await this.#channel.history(query);
      if (isOver()) return;
      // A state does not lead on over what is missing.
      if (gap !== null && (load !== undefined || this.#place !== null)) return this.#beginAnew();
      for (const publication of publications) state = reduce(state, publication);
      place = position;
      query = publications.length === 0 ? null : { after: position };
    }
    this.#join(state, place);
    this.#place ??= live;
  }

  async #live(): Promise<string> {
    for (;;) {
      const { position } = this.#channel;
      if (position !== null && this.#channel.getSnapshot().state === 'live') return position;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** From here on publications are taken as they come. */
  #join(state: State, place: string | null): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    this.#place = place;
    this.#take(waiting, state);
  }

  #take(publications: readonly Publication[], before: State = this.#state): void {
    const { reduce } = this.#plan();
    let state = before;
    for (const publication of publications) {
      const { position } = publication;
      if (position !== null) {
        if (this.#place !== null && !isAfter(position, this.#place)) continue;
        this.#place = position;
      }
      state = reduce(state, publication);
    }
    if (Object.is(state, this.#state)) return;
    this.#state = state;
    this.#changed();
  }
}

/** What asks for the beginning; `null` where nothing is behind it. */
function queryOf(from: From): { readonly after: string } | { readonly last: number } | null {
  if (from === 'now') return null;
  return from === 'start' ? { after: 'start' } : from;
}

/** Whether a position is behind another: in another epoch everything is. */
function isAfter(position: string, place: string): boolean {
  const [epoch, offset] = position.split('.');
  const [otherEpoch, otherOffset] = place.split('.');
  return epoch !== otherEpoch || Number(offset) > Number(otherOffset);
}

/** Reports an error of the app's code as one that nobody has caught. */
function report(error: unknown): void {
  setTimeout(() => {
    throw error;
  });
}
