import { parsePosition } from '@rt/protocol';
import type { ChannelCore, From, Publication } from './channel-core.ts';
import { GapError } from './gap-error.ts';
import type { History, HistoryQuery } from './types.ts';

/** The most publications that wait for a reader: of more than that the newest are read from the log when it comes to them. */
const maxWaiting = 1000;
const pageSize = 100;

/** How a reader reads. */
export interface ReadOptions {
  readonly from: From;
  /** Ends it, also while it waits. */
  readonly signal: AbortSignal;
  readonly history: (query: HistoryQuery) => Promise<History<Publication>>;
}

/**
 * Every publication from a place on, each once. What comes is taken as it comes as long as the reader keeps up, and no
 * more than so much of it is held; whatever it is behind with is read from the log, a page at a time.
 */
export async function* readFrom(
  core: ChannelCore,
  { from, signal, history }: ReadOptions,
): AsyncGenerator<Publication, void, undefined> {
  let waiting: Publication[] = [];
  /** Whether all that is behind the last one that was told is in `waiting`. */
  let joined = false;
  let wake = (): void => {};
  const stop = core.read({
    publication(publication) {
      if (publication.position === null) return;
      waiting.push(publication);
      if (waiting.length > maxWaiting) {
        waiting = [];
        joined = false;
      }
      wake();
    },
    // Whether that concerns this reader the log says.
    gap() {
      joined = false;
      wake();
    },
  });
  const stopWatching = core.status.subscribe(() => wake());
  signal.addEventListener('abort', () => wake());
  try {
    // Whatever is published after this is told.
    let place = await begun();
    if (place === null) return;
    let query = from === 'now' ? null : firstOf(from);
    joined = from === 'now';
    for (;;) {
      while (!joined) {
        // What comes from here on is behind this page or on it.
        joined = true;
        const page: History<Publication> = await history(query ?? { after: place, limit: pageSize });
        if (page.gap !== null) throw new GapError(core.name, page.gap);
        if (page.publications.length >= pageSize) joined = false;
        for (const publication of page.publications) yield publication;
        place = page.position;
        query = null;
      }
      const next = waiting.shift();
      if (next === undefined) {
        const status = core.status.getSnapshot();
        if (status.state === 'denied') throw status.error;
        if (signal.aborted) return;
        await asleep();
      } else if (isAfter(next.position, place)) {
        place = next.position ?? place;
        yield next;
      }
    }
  } finally {
    stop();
    stopWatching();
  }

  async function asleep(): Promise<void> {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }

  /** The place at which the channel is live; `null` if nobody wants it any more. */
  async function begun(): Promise<string | null> {
    while (!signal.aborted) {
      const status = core.status.getSnapshot();
      if (status.state === 'denied') throw status.error;
      if (core.position !== null && status.state === 'live') return core.position;
      await asleep();
    }
    return null;
  }
}

/** The first page of what is wanted. */
function firstOf(from: Exclude<From, 'now'>): HistoryQuery {
  if (from === 'start') return { after: 'start', limit: pageSize };
  return 'last' in from ? from : { ...from, limit: pageSize };
}

/** Whether a place is behind another: in another epoch everything is. */
function isAfter(position: string | null, place: string): boolean {
  const one = parsePosition(position ?? '');
  const other = parsePosition(place);
  return one !== null && (other === null || one.epoch !== other.epoch || one.offset > other.offset);
}
