import { createVirtualClock, seededRandom } from '@rt/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testHub } from '../support/hub.ts';
import { MemoryPost } from './memory-post.ts';

/** Of two frames each, on average. */
const numRuns = 50_000;
const limit = 60_000;
const bodiesEach = 20;

type Fields = Readonly<Record<string, unknown>>;

const frames: readonly Fields[] = [
  { type: 'connect', subscriptions: [{ channel: 'open:1', after: 'start' }] },
  { type: 'subscribe', channel: 'open:1', after: 'start' },
  { type: 'subscribe', channel: 'talk:1', last: 2 },
  { type: 'subscribe', channel: 'own:x' },
  { type: 'unsubscribe', channel: 'open:1' },
  { type: 'publish', channel: 'talk:1', event: 'said', data: 'hi', key: 'k' },
  { type: 'publish', channel: 'open:1', event: 'said', base64: 'AQI=' },
  { type: 'send', channel: 'talk:1', event: 'double', data: 21 },
  { type: 'send', channel: 'talk:1', event: 'nobody', data: 21 },
  { type: 'history', channel: 'talk:1', limit: 3 },
  { type: 'refresh', token: 't' },
  { type: 'ping' },
  { type: 'dance' },
];
const names = ['type', 'channel', 'after', 'last', 'event', 'data', 'base64', 'key', 'limit', 'subscriptions', 'new'];
const strange = fc.oneof(
  fc.constantFrom<unknown>(null, '', 0, -1, 1, 1.5, [], {}, 'start', 'k.1', 'open:1', 'own:x', 'broken', 'ping', 'AQ'),
  fc.jsonValue({ maxDepth: 1 }),
);
/** A frame, mostly as it should be, with an id to come. */
const frame = fc
  .tuple(
    fc.constantFrom(...frames),
    fc.array(fc.tuple(fc.constantFrom(...names), fc.option(strange, { nil: undefined })), { maxLength: 1 }),
  )
  .map(([fields, changes]): Fields => ({ ...fields, ...Object.fromEntries(changes) }));
/** How far an id rises; or what stands in its place. */
const rise = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(1, 1, 1, 5) },
  fc.constantFrom<unknown>(undefined, null, '1', 1.5, 0),
);
const noise = fc.oneof(fc.constantFrom('{', '[]', 'null', '7', '"x"'), fc.string({ unit: 'binary', maxLength: 6 }));
const line = fc.oneof(
  { weight: 30, arbitrary: fc.record({ frame, rise }) },
  { weight: 1, arbitrary: noise.map((text) => ({ text })) },
);
type Line = { readonly frame: Fields; readonly rise: unknown } | { readonly text: string };
const bodies = fc.array(fc.array(line, { maxLength: 4 }), { minLength: bodiesEach, maxLength: bodiesEach });

/** A body out of lines, its ids above those of before. */
function written(lines: readonly Line[], before: number): { readonly body: string; readonly ids: readonly number[] } {
  const ids: number[] = [];
  const texts = lines.map((each) => {
    if ('text' in each) return each.text;
    const id = typeof each.rise === 'number' && each.rise >= 1 ? (ids.at(-1) ?? before) + Math.floor(each.rise) : null;
    const isId = id !== null && Number.isInteger(each.rise);
    if (isId) ids.push(id);
    return JSON.stringify({ ...each.frame, id: isId ? id : each.rise });
  });
  return { body: texts.join('\n'), ids };
}

/** Whether a body may be refused as a whole: it has no lines, or one that is no JSON object. */
function malformed(body: string): boolean {
  const lines = body.split('\n').filter((each) => each.trim() !== '');
  return !lines.every((each) => {
    try {
      const value: unknown = JSON.parse(each);
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    } catch {
      return false;
    }
  });
}

function replies(body: string): readonly Fields[] {
  const lines = body.split('\n').filter((each) => each.trim() !== '');
  return lines.map((each) => JSON.parse(each) as Fields);
}

function idsOf(answers: readonly Fields[]): readonly unknown[] {
  return answers.flatMap(({ id }) => (id === undefined ? [] : [id]));
}

function codeOf({ body }: MemoryPost): unknown {
  return (JSON.parse(body) as { readonly error: { readonly code: string } }).error.code;
}

/** Lets everything happen that was set going. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function fuzzed() {
  const clock = createVirtualClock();
  const made = testHub({ limits: { rates: false }, runtime: { clock, random: seededRandom(1) }, heartbeat: false });
  made.hub.on('talk:{id}', 'double', ({ data }) => Number(data) * 2);
  const unexpected = (): unknown => made.events.filter((event) => event.type === 'error' && event.stage !== 'handler');
  /** Posts, and lets time pass until the reply is there. */
  const post = async (query: string, body: string): Promise<MemoryPost> => {
    const exchange = new MemoryPost(query, body);
    const handled = made.hub.handle(exchange, () => null);
    for (let turns = 0; exchange.status === null && turns < 100; turns += 1) {
      await turn();
      clock.turn();
      clock.advance(1);
    }
    await handled;
    if (exchange.status === null) throw new Error(`not answered: ${query} ${body}`);
    return exchange;
  };
  return { ...made, clock, post, unexpected };
}

// RT-LIMIT-8, RT-TRANSPORT-6
test(`${numRuns} bodies without a session are answered frame by frame, or refused`, { timeout: limit }, async () => {
  const { hub, open, post, unexpected } = fuzzed();
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(bodies, async (all) => {
      for (const lines of all) {
        const { body, ids } = written(lines, 0);
        const reply = await post('', body);
        const [first] = malformed(body) ? [] : replies(body);
        const connects = first?.['type'] === 'connect';
        if (reply.status === 200) {
          expect(first).toBeDefined();
          const got = idsOf(replies(reply.body));
          // A `connect` that opens is not answered for itself.
          expect(got).toEqual(connects && got.length < ids.length ? ids.slice(1) : ids);
          answered += 1;
        } else {
          expect(reply.status).toBe(400);
          expect(connects ? ['frame_invalid', 'id_invalid'] : ['frame_invalid']).toContain(codeOf(reply));
          expect(first === undefined || connects).toBe(true);
        }
      }
    }),
    { numRuns: numRuns / bodiesEach },
  );
  expect(answered).toBeGreaterThan(numRuns / 2);
  expect([open(), unexpected()]).toEqual([0, []]);
  await hub.close();
});

// RT-LIMIT-8, RT-SESSION-16
test(
  `${numRuns} bodies of polls and posts for sessions: each id is answered once, in the life of the session`,
  { timeout: limit },
  async () => {
    const { hub, open, post, unexpected, clock } = fuzzed();
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(
        bodies,
        fc.array(fc.boolean(), { minLength: bodiesEach, maxLength: bodiesEach }),
        async (all, polled) => {
          const [connected] = replies((await post('?wait=0', '{"type":"connect","id":1}')).body);
          const session = String(connected?.['session']);
          const [asked, got]: [number[], unknown[]] = [[], []];
          let poll = 1;
          const take = async (query: string, body: string, ids: readonly number[]): Promise<number> => {
            const reply = await post(`?session=${session}${query}`, body);
            if (malformed(body)) {
              expect([reply.status, codeOf(reply)]).toEqual([400, 'frame_invalid']);
              return 0;
            }
            expect([200, 202]).toContain(reply.status);
            asked.push(...ids);
            if (reply.status === 200) {
              got.push(...idsOf(replies(reply.body)));
              poll += 1;
            }
            return replies(reply.status === 200 ? reply.body : '').length;
          };
          for (const [index, lines] of all.entries()) {
            const { body, ids } = written(lines, asked.at(-1) ?? 1);
            await take(polled[index] === true ? `&wait=0&poll=${poll}` : '', body, ids);
          }
          for (let more = 1; more > 0 || got.length < asked.length;) {
            more = await take(`&wait=0&poll=${poll}`, '', []);
            if (poll > 1000) throw new Error(`${asked.length - got.length} ids were never answered`);
          }
          expect(got.toSorted((a, b) => Number(a) - Number(b))).toEqual(asked);
          answered += got.length;
          // It comes no more, and is over.
          clock.advance(30_000);
          expect(codeOf(await post(`?session=${session}`, '{"type":"ping","id":99999}'))).toBe('session_unknown');
        },
      ),
      { numRuns: numRuns / bodiesEach },
    );
    expect(answered).toBeGreaterThan(numRuns / 2);
    expect([open(), unexpected()]).toEqual([0, []]);
    await hub.close();
  },
);
