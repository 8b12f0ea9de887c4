import type { ClientFrame, ClientFrameType, Subscribing } from './client-frame.ts';
import { RtError } from './errors.ts';
import type { Fields } from './frame-fields.ts';
import {
  channelField,
  dataField,
  eventField,
  idField,
  ifPositionField,
  isFields,
  keyField,
  limitField,
  presenceField,
  shown,
  startFields,
  tokenField,
} from './frame-fields.ts';

/** What a line turned out to be. */
export type ParsedFrame =
  | { readonly type: 'frame'; readonly frame: ClientFrame }
  /** It can be answered with the error, and the session goes on. `id` and `of`, its type, are `null` if it had none. */
  | {
      readonly type: 'fault';
      readonly id: number | null;
      readonly of: ClientFrameType | null;
      readonly error: RtError;
    }
  /** A frame of a type that is not known and that wants no answer. */
  | { readonly type: 'ignored' };

/**
 * Reads the frames of a text: one JSON object a line, empty lines skipped.
 *
 * @throws RtError `frame_invalid` if a line is not a JSON object: what follows cannot be trusted either.
 */
export function parseFrames(text: string): readonly ParsedFrame[] {
  const frames: ParsedFrame[] = [];
  for (const line of text.split('\n')) if (line.trim() !== '') frames.push(parseFrame(line));
  return frames;
}

/** @throws RtError `frame_invalid` if the line is not a JSON object. */
function parseFrame(line: string): ParsedFrame {
  const fields = parseObject(line);
  const id = idField(fields);
  const of = knows(fields['type']) ? fields['type'] : null;
  try {
    if (of === null) {
      if (id === null) return { type: 'ignored' };
      throw new RtError('frame_unknown', `the type must be one of ${known}, but was ${shown(fields['type'])}`);
    }
    if (id === null) {
      throw new RtError('id_invalid', `id must be a whole number from 1 to 2^53-1, but was ${shown(fields['id'])}`);
    }
    return { type: 'frame', frame: readers[of](id, fields) };
  } catch (error) {
    if (error instanceof RtError) return { type: 'fault', id, of, error };
    throw error;
  }
}

function parseObject(line: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw notAnObject(line, cause);
  }
  if (isFields(value)) return value;
  throw notAnObject(line);
}

/** What came may hold a token: it is not shown. */
function notAnObject({ length }: string, cause?: unknown): RtError {
  return new RtError(
    'frame_invalid',
    `a frame is one JSON object on one line, but a line of ${length} characters is not`,
    {
      cause,
    },
  );
}

const readers: { readonly [Type in ClientFrame['type']]: (id: number, fields: Fields) => ClientFrame } = {
  connect(id, fields) {
    const { subscriptions = [] } = fields;
    if (!Array.isArray(subscriptions)) {
      throw new RtError('frame_invalid', `subscriptions must be a list, but was ${shown(subscriptions)}`);
    }
    return { type: 'connect', id, token: tokenField(fields), client: keyField(fields, 'client'), subscriptions };
  },
  subscribe: (id, fields) => ({ type: 'subscribe', id, ...subscribing(fields) }),
  unsubscribe: (id, fields) => ({ type: 'unsubscribe', id, channel: channelField(fields) }),
  publish: (id, fields) => ({
    type: 'publish',
    id,
    channel: channelField(fields),
    event: eventField(fields),
    data: dataField(fields),
    key: keyField(fields, 'key'),
    echo: fields['echo'] === true,
    ifPosition: ifPositionField(fields),
  }),
  send: (id, fields) => ({
    type: 'send',
    id,
    channel: channelField(fields),
    event: eventField(fields),
    data: dataField(fields),
  }),
  history: (id, fields) => ({
    type: 'history',
    id,
    channel: channelField(fields),
    start: startFields(fields),
    limit: limitField(fields),
  }),
  enter: (id, fields) => ({ type: 'enter', id, channel: channelField(fields), state: fields['state'] ?? null }),
  leave: (id, fields) => ({
    type: 'leave',
    id,
    channel: channelField(fields),
    session: keyField(fields, 'session'),
  }),
  members: (id, fields) => ({ type: 'members', id, channel: channelField(fields) }),
  refresh(id, fields) {
    const token = tokenField(fields);
    if (token === null) throw new RtError('frame_invalid', 'refresh needs a token');
    return { type: 'refresh', id, token };
  },
  ping: (id) => ({ type: 'ping', id }),
};

const known = Object.keys(readers).join(', ');

function knows(type: unknown): type is ClientFrame['type'] {
  return typeof type === 'string' && Object.hasOwn(readers, type);
}

/** One entry of `connect`'s subscriptions. @throws RtError */
export function parseSubscription(value: unknown): Subscribing {
  if (isFields(value)) return subscribing(value);
  throw new RtError('frame_invalid', `a subscription is {channel, after?, last?, presence?}, but was ${shown(value)}`);
}

function subscribing(fields: Fields): Subscribing {
  return { channel: channelField(fields), start: startFields(fields), presence: presenceField(fields) };
}
