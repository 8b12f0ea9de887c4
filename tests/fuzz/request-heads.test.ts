import type { HubOptions } from '@rt/core';
import { channelNameFault, parseCursor, parsePosition } from '@rt/protocol';
import { createVirtualClock, seededRandom } from '@rt/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testHub } from '../support/hub.ts';
import { SimulatedPeer } from '../support/simulated-peer.ts';

const numRuns = 100_000;
const limit = 60_000;

const options: HubOptions = {
  runtime: { clock: createVirtualClock(), random: seededRandom(1) },
  heartbeat: false,
};

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly code: string | null;
}

/** What one of several hubs answers to the head of a GET. */
function asker(): (query: string, headers: Readonly<Record<string, string>>) => Promise<Answer> {
  const { hub } = testHub(options);
  for (let n = 1; n <= 8; n += 1) void hub.channel('open:1').publish('said', n);
  return async (query, headers) => {
    const peer = new SimulatedPeer(query, headers, 'HEAD');
    await hub.handle(peer, () => null);
    const { status = 0, headers: answered = {} } = peer.head ?? {};
    const code = status < 400 ? null : (JSON.parse(peer.body) as { error: { code: string } }).error.code;
    return { status, type: (answered['content-type'] ?? '').split(';')[0] ?? '', code };
  };
}

const types = [
  'text/event-stream',
  'text/*',
  'application/json',
  'application/*',
  '*/*',
  'text/html',
  'image/*',
] as const;
const range = fc.record({ type: fc.constantFrom(...types), q: fc.constantFrom(null, 0, 0.1, 0.5, 0.501, 1) });
const ranges = fc.uniqueArray(range, { selector: ({ type }) => type, maxLength: 5 });
/** How a range may be written: letters of any case, spaces, other parameters. */
const manner = fc.constantFrom<(type: string, q: string) => string>(
  (type, q) => `${type}${q}`,
  (type, q) => ` ${type.toUpperCase()} ${q.replace(';', ' ; ')} `,
  (type, q) => `${type};charset=utf-8${q.replace('q', 'Q')}`,
);

// RT-PLAIN-6
test(`${numRuns} Accept headers choose the form that PROTOCOL.md says`, { timeout: limit }, async () => {
  const ask = asker();
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(ranges, manner, async (asked, write) => {
      const accept = asked.map(({ type, q }) => write(type, q === null ? '' : `;q=${q}`)).join(',');
      const quality = (...each: readonly string[]): number => {
        const found = each.map((type) => asked.find((one) => one.type === type)).find((one) => one !== undefined);
        return found === undefined ? 0 : (found.q ?? 1);
      };
      const stream = quality('text/event-stream', 'text/*');
      const page = quality('application/json', 'application/*', '*/*');
      const expected =
        stream > 0 && stream >= page ? 'text/event-stream' : page > 0 || asked.length === 0 ? 'application/json' : null;
      const { status, type, code } = await ask('channel=open:1', { accept });
      const answer = status === 200 ? type : code;
      if (answer !== (expected ?? 'accept_unsupported')) expect([accept, answer]).toEqual([accept, expected]);
      seen.add(answer ?? '');
    }),
    { numRuns },
  );
  expect([...seen].toSorted()).toEqual(['accept_unsupported', 'application/json', 'text/event-stream']);
});

test(`${numRuns} Accept headers that are noise are answered`, { timeout: limit }, async () => {
  const ask = asker();
  const piece = fc.oneof(
    fc.constantFrom(...types, ';q=', ';', ',', '0.5', '1e9', '-1', 'NaN', ' ', '\t', '=', '"'),
    fc.string({ maxLength: 4 }),
  );
  const noise = fc.array(piece, { maxLength: 8 }).map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(noise, async (accept) => {
      const { status, code } = await ask('channel=open:1', { accept });
      if (status !== 200 && code !== 'accept_unsupported') expect([accept, status, code]).toEqual([accept, 200, null]);
    }),
    { numRuns },
  );
});

const name = fc.constantFrom('open:1', 'open:1', 'open:1', 'open:2', 'talk:x', 'nothing', 'a,b', '', 'rt.x', 'closed');
const place = fc.oneof(
  fc.constantFrom(
    'start',
    'k3.1',
    'k3.01',
    '',
    '0',
    'open:1@k3.1',
    'open:1@k3.1,open:2@x.0',
    'open:1@k3.1,open:1@k3.1',
    '\0',
  ),
  fc.string({ maxLength: 6 }),
);
const count = fc.oneof(
  fc.constantFrom(
    '1',
    '5',
    '1000',
    '1001',
    '0',
    '-1',
    '1e1',
    '0x1',
    ' 1',
    '01',
    '9007199254740993',
    '99999999999999999',
  ),
  fc.string({ maxLength: 4 }),
);
const asked = fc.record(
  { after: place, last: count, limit: count, lastEventId: place, other: fc.string({ maxLength: 3 }) },
  { requiredKeys: [] },
);

/** The codes a request may be refused with, of which it has at least one; none if it is to be answered. */
function faults(names: readonly string[], stream: boolean, query: Readonly<Record<string, string>>): readonly string[] {
  const { after, last, limit: most, lastEventId = '' } = query;
  const isCount = (text: string | undefined, max: number): boolean =>
    text === undefined || (/^[0-9]{1,16}$/.test(text) && Number(text) >= 1 && Number(text) <= max);
  const isPlace = (text: string): boolean =>
    names.length > 1
      ? parseCursor(text) !== null
      : parsePosition(text) !== null || (parseCursor(text)?.has(names[0] ?? '') ?? false);
  const remembered = stream && lastEventId !== '';
  const badPlace = remembered ? !isPlace(lastEventId) : after !== undefined && after !== 'start' && !isPlace(after);
  const badLast = !remembered && (after === undefined ? !isCount(last, Number.MAX_SAFE_INTEGER) : last !== undefined);
  return [
    ...(names.length === 0 ? ['channel_missing'] : []),
    ...(!stream && names.length > 1 ? ['channels_too_many'] : []),
    ...(names.some((each) => channelNameFault(each) !== null) ? ['channel_invalid'] : []),
    ...(names.some((each) => each === 'nothing') ? ['channel_unknown'] : []),
    ...(names.some((each) => each === 'closed') ? ['subscribe_denied'] : []),
    ...(badPlace ? ['position_invalid'] : []),
    ...(badLast || (!stream && !isCount(most, 1000)) ? ['parameter_invalid'] : []),
  ];
}

// RT-LIMIT-8
test(`${numRuns} queries are answered, or refused with the right code`, { timeout: limit }, async () => {
  const ask = asker();
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(fc.array(name, { maxLength: 3 }), fc.boolean(), asked, async (channels, stream, parameters) => {
      const { lastEventId, ...rest } = parameters;
      const query = new URLSearchParams(Object.entries(rest));
      for (const each of channels) query.append('channel', each);
      const accept = stream ? 'text/event-stream' : 'application/json';
      const headers = { accept, ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) };
      const { status, code } = await ask(query.toString(), headers);
      const expected = faults([...new Set(channels)], stream, parameters as Readonly<Record<string, string>>);
      const isRight = code === null ? expected.length === 0 && status === 200 : expected.includes(code);
      if (!isRight) expect([query.toString(), headers, code]).toEqual([query.toString(), headers, expected]);
      seen.set(code ?? 'answered', (seen.get(code ?? 'answered') ?? 0) + 1);
    }),
    { numRuns },
  );
  const refusals = ['channel_missing', 'channels_too_many', 'channel_invalid', 'channel_unknown', 'subscribe_denied'];
  for (const each of ['answered', ...refusals, 'position_invalid', 'parameter_invalid']) {
    expect(seen.get(each) ?? 0, each).toBeGreaterThan(200);
  }
});
