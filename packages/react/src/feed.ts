import type { ChannelStatus, From, Gap, History, HistoryQuery, Loaded, Publication, RtError, Store } from '@rt/client';

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
 * was before, reads on from where it was if it was put aside, and begins anew when publications are missing. It reads as
 * long as somebody listens: one at a time.
 */
export function feedOf<State>(channel: FeedSource, plan: () => FeedPlan<State>): Store<State> {
  const { initial, from } = plan();
  let shown = initial;
  /** Everything up to here is in what is shown; `null` before that is known. */
  let place = typeof from === 'object' && 'after' in from ? from.after : null;
  /** What has come while what was before it is being read; `null` once it has been. */
  let waiting: Publication[] | null = [];
  /** Counts the beginnings: what an older one has asked for does not count. */
  let beginnings = 0;
  let changed = (): void => {};
  let wake = (): void => {};

  /** What was there is shown until there is something else. */
  function beginAnew(): void {
    place = null;
    void begin();
  }

  async function begin(): Promise<void> {
    waiting = [];
    const beginning = (beginnings += 1);
    const isOver = (): boolean => beginning !== beginnings;
    // In strict mode components mount twice in one turn: nothing is asked for the first time.
    await Promise.resolve();
    try {
      if (!isOver()) await catchUp(isOver);
    } catch (error) {
      if (isOver()) return;
      const { retryable, retryInMs } = error as Partial<RtError>;
      const now = plan();
      // Whoever may not read what was before begins now.
      if (retryable === false && now.load === undefined) return join(now.initial, null);
      if (retryable !== true) report(error);
      setTimeout(() => !isOver() && begin(), retryInMs ?? retryMs);
    }
  }

  /** Reads up to where the channel is live: what is published after that is told, and waits meanwhile. */
  async function catchUp(isOver: () => boolean): Promise<void> {
    while (channel.getSnapshot().state !== 'live') await new Promise<void>((resolve) => (wake = resolve));
    if (isOver()) return;
    const live = channel.position ?? '';
    const { reduce, load, ...now } = plan();
    let at = place;
    let state = at === null ? now.initial : shown;
    if (at === null && load !== undefined) {
      ({ state, position: at } = await load());
      if (isOver()) return;
    }
    // A state does not lead on over what is missing; where there is none yet, nothing is.
    let leadsOn = at !== null;
    let query = at === null ? queryOf(now.from) : { after: at };
    while (query !== null && (at === null || isAfter(live, at))) {
      const { publications, position, gap } = await channel.history(query);
      if (isOver()) return;
      if (gap !== null && leadsOn) return beginAnew();
      state = publications.reduce(reduce, state);
      at = position;
      leadsOn = true;
      query = publications.length === 0 ? null : { after: position };
    }
    join(state, at);
    place ??= live;
  }

  /** From here on publications are taken as they come. */
  function join(state: State, at: string | null): void {
    const waited = waiting ?? [];
    waiting = null;
    place = at;
    take(waited, state);
  }

  function take(publications: readonly Publication[], before: State): void {
    const { reduce } = plan();
    let state = before;
    for (const publication of publications) {
      const { position } = publication;
      if (position !== null) {
        if (place !== null && !isAfter(position, place)) continue;
        place = position;
      }
      state = reduce(state, publication);
    }
    if (Object.is(state, shown)) return;
    shown = state;
    changed();
  }

  return {
    getSnapshot: () => shown,
    subscribe(listener) {
      changed = listener;
      const stops = [
        channel.onAny((publication) => {
          if (waiting === null) take([publication], shown);
          else waiting.push(publication);
        }),
        channel.onGap(beginAnew),
        channel.subscribe(() => wake()),
      ];
      void begin();
      return () => {
        beginnings += 1;
        for (const stop of stops) stop();
      };
    },
  };
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
