import type { Position, Start } from '@rt/protocol';
import { live, parseCursor, parsePosition, RtError } from '@rt/protocol';
import type { Match } from '../channels/registry.ts';

/** One channel of a request, and where the reader wants to begin in it. */
export interface Asked {
  readonly match: Match;
  readonly start: Start;
}

/** The channels a request names, each once. @throws RtError `channel_missing`, `channels_too_many`. */
export function channelNames(query: URLSearchParams, max: number): readonly string[] {
  const names = [...new Set(query.getAll('channel'))];
  if (names.length === 0) throw new RtError('channel_missing', 'name a channel in the query: ?channel=order:42');
  if (names.length > max) {
    const most = max === 1 ? 'one channel' : `up to ${max} channels`;
    throw new RtError('channels_too_many', `this request may name ${most}, and it names ${names.length}`);
  }
  return names;
}

/**
 * Where each channel begins. `lastEventId` is what the browser remembers of an earlier connection to the same URL, so
 * it wins over the query. A channel that a cursor does not hold is new to the reader, and begins live.
 *
 * @throws RtError `position_invalid`, `parameter_invalid`.
 */
export function starts(
  query: URLSearchParams,
  lastEventId: string | null,
  channels: readonly string[],
): readonly Start[] {
  const after = query.get('after');
  const last = query.get('last');
  if (lastEventId !== null && lastEventId !== '') return afterEach('Last-Event-ID', lastEventId, channels);
  if (after !== null && last !== null) {
    throw new RtError('parameter_invalid', 'after and last both say where to begin; send one of them');
  }
  if (after === 'start') return channels.map(() => ({ type: 'start' }));
  if (after !== null) return afterEach('after', after, channels);
  const count = wholeNumberParameter(query, 'last', 1, Number.MAX_SAFE_INTEGER);
  return channels.map(() => (count === null ? live : { type: 'last', count }));
}

function afterEach(name: string, text: string, channels: readonly string[]): readonly Start[] {
  const [only] = channels;
  if (channels.length === 1 && only !== undefined) {
    const position = parsePosition(text) ?? parseCursor(text)?.get(only);
    if (position === undefined) throw badPosition(name, text, 'a position like "k3f9a2.42", as ids and pages carry it');
    return [{ type: 'after', position }];
  }
  const positions = parseCursor(text);
  if (positions === null) throw badPosition(name, text, 'the id of an event of a stream over several channels');
  return channels.map((channel) => startAfter(positions.get(channel)));
}

function startAfter(position: Position | undefined): Start {
  return position === undefined ? live : { type: 'after', position };
}

function badPosition(name: string, text: string, expected: string): RtError {
  const came = JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
  return new RtError('position_invalid', `${name} must be ${expected}, but was ${came}; leave it out to begin anew`);
}

/** A whole number in the query, or `null` if it is not there. @throws RtError `parameter_invalid`. */
export function wholeNumberParameter(query: URLSearchParams, name: string, min: number, max: number): number | null {
  const text = query.get(name);
  if (text === null) return null;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`;
  throw new RtError('parameter_invalid', `${name} must be a whole number ${range}, but was ${JSON.stringify(text)}`);
}
