import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ErrorCode, ParsedFrame } from '@rt/protocol';
import { channelNameFault, eventNameFault, parseBase64, parseFrames, parsePosition, RtError } from '@rt/protocol';
import { agree } from './agreement.ts';

const numRuns = 100_000;
const limit = 60_000;
const secret = 'eyJhbGciOiJIUzI1NiJ9';

type Fields = Readonly<Record<string, unknown>>;

/** Every frame of PROTOCOL.md with all that it may hold. */
const frames: readonly Fields[] = [
  {
    type: 'connect',
    id: 1,
    token: secret,
    client: 'tab 7',
    subscriptions: [{ channel: 'room:1', after: 'k3.1' }, { channel: 'room:2' }],
  },
  { type: 'subscribe', id: 2, channel: 'room:1', after: 'k3f9a2.42' },
  { type: 'subscribe', id: 2, channel: 'room:1', last: 5 },
  { type: 'subscribe', id: 2, channel: 'room:1', presence: true },
  { type: 'subscribe', id: 2, channel: 'room:1', after: 'start', presence: 'k3f9a2.42' },
  { type: 'unsubscribe', id: 3, channel: 'room:1' },
  { type: 'publish', id: 4, channel: 'room:1', event: 'said', data: { text: 'hi' }, key: 'k-1' },
  { type: 'publish', id: 4, channel: 'doc:1', event: 'said', data: 1, ifPosition: 'k3f9a2.42' },
  { type: 'publish', id: 4, channel: 'room:1', event: 'said', base64: 'AQI=' },
  { type: 'send', id: 5, channel: 'room:1', event: 'move', data: null },
  { type: 'history', id: 6, channel: 'room:1', after: 'start', limit: 10 },
  { type: 'enter', id: 7, channel: 'room:1', state: { name: 'Ada' } },
  { type: 'leave', id: 7, channel: 'room:1' },
  { type: 'members', id: 7, channel: 'room:1' },
  { type: 'refresh', id: 7, token: secret },
  { type: 'ping', id: 8 },
];
const names = [
  'type',
  'id',
  'token',
  'subscriptions',
  'channel',
  'after',
  'last',
  'event',
  'data',
  'base64',
  'key',
  'ifPosition',
  'limit',
  'client',
  'presence',
  'state',
];

const strange = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    0,
    -1,
    1,
    1.5,
    1e21,
    2 ** 53,
    2 ** 53 - 1,
    [],
    {},
    'start',
    'k.1',
    'k.01',
    'rt.x',
  ),
  fc.constantFrom<unknown>(
    'a:b',
    ':',
    'a,b',
    'AQI=',
    'AQ',
    'x'.repeat(64),
    'x'.repeat(65),
    'x'.repeat(300),
    'é',
    '__proto__',
    'constructor',
    'ping',
  ),
  fc.jsonValue({ maxDepth: 1 }),
);

/** A frame in which some fields are gone, strange or new. */
const mutated = fc
  .tuple(
    fc.constantFrom(...frames),
    fc.array(fc.constantFrom(...names), { maxLength: 1 }),
    fc.array(fc.tuple(fc.constantFrom(...names, 'new', '__proto__'), strange), { maxLength: 2 }),
  )
  .map(([frame, gone, put]): string => {
    const kept = Object.entries(frame).filter(([name]) => !gone.includes(name));
    return `{${[...kept, ...put].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
  });

/** The codes with which a frame may be refused, of which it has at least one; none for a good one. */
function faults(fields: Fields): readonly ErrorCode[] {
  const {
    type,
    id,
    channel,
    event,
    data,
    base64,
    key,
    token,
    subscriptions,
    after,
    last,
    ifPosition,
    limit: most,
    client,
    presence,
  } = fields;
  const has = (...types: readonly string[]): boolean => typeof type === 'string' && types.includes(type);
  const isCount = (value: unknown): boolean =>
    value === undefined || (Number.isSafeInteger(value) && Number(value) >= 1);
  const isText = (value: unknown): value is string => typeof value === 'string';
  const isOwnText = (value: unknown): boolean => value === undefined || (isText(value) && /^[ -~]{1,64}$/.test(value));
  const rules: readonly (readonly [fits: boolean, broken: boolean, code: ErrorCode])[] = [
    [has('connect'), token !== undefined && token !== null && !isText(token), 'frame_invalid'],
    [has('connect'), subscriptions !== undefined && !Array.isArray(subscriptions), 'frame_invalid'],
    [has('refresh'), !isText(token), 'frame_invalid'],
    [!has('connect', 'refresh', 'ping'), channel === undefined, 'channel_missing'],
    [!has('connect', 'refresh', 'ping'), channel !== undefined && !isText(channel), 'frame_invalid'],
    [!has('connect', 'refresh', 'ping'), isText(channel) && channelNameFault(channel) !== null, 'channel_invalid'],
    [has('publish', 'send'), !isText(event) || eventNameFault(event) !== null, 'frame_invalid'],
    [has('publish', 'send'), (data === undefined) === (base64 === undefined), 'frame_invalid'],
    [
      has('publish', 'send'),
      base64 !== undefined && (!isText(base64) || parseBase64(base64) === null),
      'frame_invalid',
    ],
    [has('publish'), !isOwnText(key), 'frame_invalid'],
    [has('connect'), !isOwnText(client), 'frame_invalid'],
    [
      has('subscribe'),
      presence !== undefined &&
        typeof presence !== 'boolean' &&
        (!isText(presence) || parsePosition(presence) === null),
      'position_invalid',
    ],
    [
      has('publish'),
      ifPosition !== undefined && (!isText(ifPosition) || parsePosition(ifPosition) === null),
      'position_invalid',
    ],
    [has('history'), !isCount(most), 'frame_invalid'],
    [has('subscribe', 'history'), !isCount(last) || (after !== undefined && last !== undefined), 'frame_invalid'],
    [
      has('subscribe', 'history'),
      after !== undefined && after !== 'start' && (!isText(after) || parsePosition(after) === null),
      'position_invalid',
    ],
  ];
  if (!frames.some((frame) => frame['type'] === type)) return ['frame_unknown'];
  if (!hasId(id)) return ['id_invalid'];
  return rules.flatMap(([fits, broken, code]) => (fits && broken ? [code] : []));
}

/** Where a subscription begins to be told who is there. */
function presenceType(presence: unknown): string | undefined {
  if (presence === true) return 'live';
  return typeof presence === 'string' ? 'after' : undefined;
}

function hasId(id: unknown): boolean {
  return Number.isSafeInteger(id) && Number(id) >= 1;
}

/** Whether a frame was read as it should be. */
function check(parsed: ParsedFrame | undefined, fields: Fields): void {
  const codes = faults(fields);
  if (parsed?.type === 'frame') {
    agree(codes, []);
    const { frame } = parsed;
    agree([frame.type, frame.id], [fields['type'], fields['id']]);
    if ('channel' in frame) agree(frame.channel, fields['channel']);
    if ('data' in frame && fields['base64'] === undefined) agree(frame.data, fields['data']);
    if (frame.type === 'connect') {
      agree([frame.subscriptions, frame.client], [fields['subscriptions'] ?? [], fields['client'] ?? null]);
    }
    if (frame.type === 'enter') agree(frame.state, fields['state'] ?? null);
    if (frame.type === 'subscribe') agree(frame.presence?.type, presenceType(fields['presence']));
  } else if (parsed?.type === 'fault') {
    const { code, message } = parsed.error;
    if (!codes.includes(code)) expect(codes).toContain(code);
    agree(parsed.id, hasId(fields['id']) ? fields['id'] : null);
    agree([message.length < 400, message.includes(secret)], [true, false]);
  } else {
    agree([parsed, codes, hasId(fields['id'])], [{ type: 'ignored' }, ['frame_unknown'], false]);
  }
}

// RT-SESSION-14
test(
  `${numRuns} frames of clients with fields that are gone, strange or new are read, or refused with the right code`,
  {
    timeout: limit,
  },
  () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(mutated, (line) => {
        const [parsed, ...more] = parseFrames(line);
        agree(more, []);
        check(parsed, JSON.parse(line) as Fields);
        const kind =
          parsed?.type === 'fault' ? parsed.error.code : parsed?.type === 'frame' ? parsed.frame.type : 'ignored';
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
      }),
      { numRuns },
    );
    // The inputs are worth something only if they reach every kind of answer, and often.
    const reading = ['connect', 'subscribe', 'unsubscribe', 'history', 'members', 'refresh', 'ping'];
    const kinds = [...reading, 'publish', 'send', 'enter', 'leave', 'ignored'];
    const refusals = [
      'frame_invalid',
      'frame_unknown',
      'id_invalid',
      'channel_missing',
      'channel_invalid',
      'position_invalid',
    ];
    for (const kind of [...kinds, ...refusals]) expect(seen.get(kind) ?? 0, kind).toBeGreaterThan(100);
  },
);

/** Text out of whole lines, pieces of lines and noise. */
const line = fc.oneof(
  { weight: 4, arbitrary: mutated },
  fc.constantFrom('', ' ', '\r', 'null', '[]', '7', '"x"', '{}', '{', '\u2028'),
  fc.tuple(mutated, fc.nat({ max: 40 }), fc.string({ unit: 'binary', maxLength: 3 })).map(([text, at, put]) => {
    return text.slice(0, at) + put + text.slice(at);
  }),
  fc.tuple(mutated, fc.nat({ max: 40 })).map(([text, at]) => text.slice(0, at)),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const text = fc
  .tuple(fc.array(line, { maxLength: 3 }), fc.constantFrom('\n', '\n', '\n\n', '\r\n', '\r'))
  .map(([lines, by]) => lines.join(by));

// RT-SESSION-12
test(`${numRuns} texts are frames line by line, or are refused as a whole with a code`, { timeout: limit }, () => {
  let whole = 0;
  fc.assert(
    fc.property(text, (frameText) => {
      const lines = frameText.split('\n').filter((each) => each.trim() !== '');
      const objects = lines.map(objectOf);
      try {
        const parsed = parseFrames(frameText);
        agree(objects.includes(null), false);
        agree(parsed.length, lines.length);
        for (const [index, fields] of objects.entries()) check(parsed[index], fields ?? {});
        if (parsed.length > 0) whole += 1;
      } catch (error) {
        if (!(error instanceof RtError)) throw error;
        agree(error.code, 'frame_invalid');
        agree(error.message.length < 400, true);
        agree(objects.includes(null), true);
      }
    }),
    { numRuns },
  );
  expect(whole).toBeGreaterThan(numRuns / 10);
});

function objectOf(lineText: string): Fields | null {
  try {
    const value: unknown = JSON.parse(lineText);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
  } catch {
    return null;
  }
}
