import type { GapReason, Position, Start } from '@rt/protocol';
import { formatPosition, parsePosition, RtError } from '@rt/protocol';
import type { BrokerPage } from '../broker/broker.ts';
import { locate } from '../log/locate.ts';
import { payloadData, payloadHead } from '../log/payload.ts';
import { wholeNumber } from '../whole-number.ts';

/** Which publications `history` reads. */
export type HistoryQuery =
  /** The newest ones. */
  | { readonly last: number }
  /** Those after a position; `limit` of them at most. @default limit 100 */
  | { readonly after: string; readonly limit?: number }
  /** The oldest that are kept. @default limit 100 */
  | { readonly from: 'start'; readonly limit?: number };

/** One publication as it is read back. */
export interface Publication<Event extends string = string, Data = unknown> {
  readonly position: string;
  readonly event: Event;
  readonly data: Data;
  /** The W3C `traceparent` of the span that it was made in. Only where publications carry it. */
  readonly trace?: string;
}

/** A run of publications, oldest first. */
export interface History<Item> {
  readonly channel: string;
  /** The place to read on from: pass it as `after`. */
  readonly position: string;
  /** The oldest place from which nothing is missing. */
  readonly floor: string;
  readonly publications: readonly Item[];
  /** Why it does not begin where it was asked to, or `null` if nothing is missing. */
  readonly gap: GapReason | null;
}

/** A query as the broker takes it. @throws RtError `position_invalid`, `option_invalid`. */
export function historyStart(query: HistoryQuery): { readonly start: Start; readonly limit: number } {
  if ('last' in query) {
    const count = wholeNumber('last', query.last, { fallback: 100, min: 0 });
    return { start: { type: 'last', count }, limit: count };
  }
  const limit = wholeNumber('limit', query.limit, { fallback: 100, min: 0 });
  if ('from' in query) return { start: { type: 'start' }, limit };
  return { start: { type: 'after', position: knownPosition('after', query.after) }, limit };
}

/** A position that the app has passed. @throws RtError `position_invalid` */
export function knownPosition(name: string, text: string): Position {
  const position = parsePosition(text);
  if (position !== null) return position;
  throw new RtError('position_invalid', `${name} must be a position like "k3f9a2.42", but was ${JSON.stringify(text)}`);
}

/** A broker's page with its publications parsed. */
export function history(channel: string, start: Start, page: BrokerPage): History<Publication> {
  return {
    channel,
    position: formatPosition(page.epoch, page.to),
    floor: formatPosition(page.epoch, page.floor),
    publications: page.entries.map(({ offset, payload }) => {
      const { event, trace } = payloadHead(payload);
      const publication = { position: formatPosition(page.epoch, offset), event, data: payloadData(payload) };
      return trace === null ? publication : { ...publication, trace };
    }),
    gap: locate(start, page).gap,
  };
}
