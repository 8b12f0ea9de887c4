import { parseBase64 } from './base64.ts';
import { channelNameFault, eventNameFault } from './channel-name.ts';
import { RtError } from './errors.ts';
import type { Position } from './position.ts';
import { parsePosition } from './position.ts';
import type { Start } from './start.ts';
import { live } from './start.ts';

/** A JSON object as it came. */
export type Fields = Readonly<Record<string, unknown>>;

const keyText = /^[\x20-\x7e]{1,64}$/;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The id, or `null` if there is none that can be answered. */
export function idField({ id }: Fields): number | null {
  return typeof id === 'number' && Number.isSafeInteger(id) && id >= 1 ? id : null;
}

/** @throws RtError `channel_missing`, `channel_invalid` */
export function channelField({ channel }: Fields): string {
  if (channel === undefined) throw new RtError('channel_missing', 'the frame names no channel');
  if (typeof channel !== 'string') throw wrong('channel', 'a text', channel);
  const fault = channelNameFault(channel);
  if (fault !== null) throw new RtError('channel_invalid', `the channel name ${shown(channel)} ${fault}`);
  return channel;
}

/** @throws RtError `frame_invalid` */
export function eventField({ event }: Fields): string {
  if (typeof event !== 'string' || eventNameFault(event) !== null) throw wrong('event', 'the name of an event', event);
  return event;
}

/** Any JSON value in `data`, or the bytes of `base64`. @throws RtError `frame_invalid` */
export function dataField(fields: Fields): unknown {
  const { data, base64 } = fields;
  if (base64 === undefined) {
    if (data === undefined)
      throw new RtError('frame_invalid', 'data must be a JSON value, or base64 a text; neither is there');
    return data;
  }
  const bytes = typeof base64 === 'string' ? parseBase64(base64) : null;
  if (bytes === null || data !== undefined)
    throw wrong('base64', 'padded base64 (RFC 4648), in the place of data', base64);
  return bytes;
}

/** A text that the client has made up. @throws RtError `frame_invalid` */
export function keyField(fields: Fields, name: 'key' | 'client' | 'session'): string | null {
  const key = fields[name];
  if (key === undefined) return null;
  if (typeof key !== 'string' || !keyText.test(key)) throw wrong(name, 'a text of 1 to 64 ASCII characters', key);
  return key;
}

/** Where to begin with who is there. @throws RtError `position_invalid` */
export function presenceField({ presence }: Fields): Start | null {
  if (presence === undefined || presence === false) return null;
  if (presence === true) return live;
  const position = typeof presence === 'string' ? parsePosition(presence) : null;
  if (position !== null) return { type: 'after', position };
  throw new RtError(
    'position_invalid',
    `presence must be true, or a position like "k3f9a2.42" to go on from, but was ${shown(presence)}`,
  );
}

/** @throws RtError `position_invalid` */
export function ifPositionField({ ifPosition }: Fields): Position | null {
  if (ifPosition === undefined) return null;
  const position = typeof ifPosition === 'string' ? parsePosition(ifPosition) : null;
  if (position !== null) return position;
  throw new RtError('position_invalid', `ifPosition must be a position like "k3f9a2.42", but was ${shown(ifPosition)}`);
}

/** @throws RtError `frame_invalid` */
export function tokenField({ token }: Fields): string | null {
  if (token === undefined || token === null) return null;
  // What came may be a secret in the wrong form: it is not shown.
  if (typeof token !== 'string') throw new RtError('frame_invalid', `token must be a text, but was ${typeof token}`);
  return token;
}

/** @throws RtError `frame_invalid` */
export function limitField({ limit }: Fields): number | null {
  return limit === undefined ? null : wholeNumber('limit', limit);
}

/** Where to begin, out of `after` and `last`. @throws RtError `position_invalid`, `frame_invalid` */
export function startFields({ after, last }: Fields): Start {
  if (after !== undefined && last !== undefined) {
    throw new RtError('frame_invalid', 'after and last both say where to begin; send one of them');
  }
  if (last !== undefined) return { type: 'last', count: wholeNumber('last', last) };
  if (after === undefined) return live;
  if (after === 'start') return { type: 'start' };
  const position = typeof after === 'string' ? parsePosition(after) : null;
  if (position !== null) return { type: 'after', position };
  throw new RtError(
    'position_invalid',
    `after must be a position like "k3f9a2.42" or "start", but was ${shown(after)}; leave it out to begin anew`,
  );
}

function wholeNumber(name: string, value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value;
  throw wrong(name, 'a whole number from 1', value);
}

function wrong(name: string, expected: string, came: unknown): RtError {
  return new RtError('frame_invalid', `${name} must be ${expected}, but was ${shown(came)}`);
}

/** What came, short enough for a message. */
export function shown(value: unknown): string {
  const text = typeof value === 'object' && value !== null ? typeof value : (JSON.stringify(value) ?? typeof value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
