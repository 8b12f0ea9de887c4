import type { GapReason, Start } from '@rt/protocol';
import { formatPosition } from '@rt/protocol';
import type { BrokerPage } from '../broker/broker.ts';
import type { Place } from '../log/locate.ts';
import { locate } from '../log/locate.ts';
import { fitting } from '../log/conflate.ts';
import type { Entry } from '../log/entry.ts';
import { payloadFields } from '../log/payload.ts';

/** The most characters of payload on one page, unless a single publication has more. */
const maxPageChars = 4_194_304;

/** A run of publications of one channel at one moment. */
export interface PageParts {
  readonly channel: string;
  readonly epoch: string;
  readonly floor: number;
  /** The place to read on from. */
  readonly offset: number;
  readonly entries: readonly Entry[];
  readonly gap: PageGap | null;
}

/** Why a page does not begin where it was asked to. */
export interface PageGap {
  readonly reason: GapReason;
  /** The position that was asked for. */
  readonly after: string;
  /** The position it begins at instead. */
  readonly position: string;
}

/** What a broker's page says of a start. */
export function pageParts(channel: string, start: Start, page: BrokerPage): PageParts {
  const { epoch, floor } = page;
  const entries = fitting(page.entries, maxPageChars, floor);
  // If it is too large for one answer, its position says where to read on: never before the floor.
  const offset = entries.length < page.entries.length ? Math.max(floor, entries.at(-1)?.offset ?? 0) : page.to;
  return { channel, epoch, floor, offset, entries, gap: pageGap(start, locate(start, page), epoch) };
}

export function pageGap(start: Start, place: Place, epoch: string): PageGap | null {
  if (place.gap === null || start.type !== 'after') return null;
  const after = formatPosition(start.position.epoch, start.position.offset);
  return { reason: place.gap, after, position: formatPosition(epoch, place.offset) };
}

/** A page as JSON; the data of its publications is not parsed again. */
export function pageText({ channel, epoch, floor, offset, entries, gap }: PageParts): string {
  const publications = entries.map(
    (entry) => `{"position":"${epoch}.${entry.offset}",${payloadFields(entry.payload)}}`,
  );
  const end = gap === null ? '' : `,"gap":${JSON.stringify(gap)}`;
  return `{"channel":${JSON.stringify(channel)},"position":"${epoch}.${offset}","floor":"${epoch}.${floor}","publications":[${publications.join(',')}]${end}}`;
}
