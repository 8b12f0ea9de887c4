import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import type { Hub } from '@rt/core';
import { realtime } from '@rt/node';
import type { RawResponse } from '@rt/testkit';
import { rawRequest, within } from '@rt/testkit';
import { afterEach, describe, expect, test } from 'vitest';
import type { TestHub } from '../support/hub.ts';
import { testHub } from '../support/hub.ts';
import { listening } from '../support/listen.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

type Post = (
  query: string,
  frames: string | readonly object[],
  headers?: Readonly<Record<string, string>>,
  opened?: (socket: Socket) => void,
) => Promise<RawResponse>;

async function serve(options: Parameters<typeof testHub>[0] = {}): Promise<TestHub & { readonly post: Post }> {
  const made = testHub(options);
  const rt = realtime(made.hub as unknown as Hub, { user: (request) => request.headers['x-user'] ?? null });
  const { port, close } = await listening(createServer((request, response) => void rt(request, response)));
  cleanUps.push(close, () => made.hub.close({ withinMs: 500 }));
  return {
    ...made,
    async post(query, frames, headers = {}, opened = () => {}) {
      const body = typeof frames === 'string' ? frames : frames.map((frame) => JSON.stringify(frame)).join('\n');
      const response = await rawRequest({ port, path: `/rt${query}`, method: 'POST', headers, body, opened });
      cleanUps.push(() => response.cut());
      return response;
    },
  };
}

const connect = { type: 'connect', id: 1, subscriptions: [{ channel: 'open:1' }] };
const stream = { accept: 'text/event-stream' };

function lines(text: string): readonly { readonly type: string; readonly [field: string]: unknown }[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { readonly type: string });
}

async function codeOf(response: RawResponse): Promise<unknown> {
  const { error } = JSON.parse(await response.text()) as { readonly error: { readonly code: string } };
  return [response.head.status, error.code];
}

/** Opens a session over SSE, and returns its id. */
async function openStream(
  post: Post,
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly [RawResponse, string]> {
  const response = await post('', [connect], { ...stream, ...headers });
  expect(response.head.status).toBe(200);
  const [event] = await response.events(1);
  const [connected] = lines(event?.data ?? '');
  return [response, String(connected?.['session'])];
}

async function openPolled(post: Post, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const response = await post('?wait=5', [connect], headers);
  const [connected] = lines(await response.text());
  response.cut();
  return String(connected?.['session']);
}

describe('a session over SSE', () => {
  test('begins at once, for proxies and browsers alike', async () => {
    const { post } = await serve();
    const [response] = await openStream(post);
    const { headers } = response.head;
    expect(headers.get('content-type')).toEqual(['text/event-stream']);
    expect(headers.get('cache-control')).toEqual(['no-cache, no-transform']);
    expect(headers.get('x-accel-buffering')).toEqual(['no']);
  });

  // RT-TRANSPORT-4
  test('takes frames by POST, and says how far it has', async () => {
    const { post } = await serve();
    const [response, id] = await openStream(post);
    const taken = await post(`?session=${id}`, [
      { type: 'ping', id: 7 },
      { type: 'ping', id: 9 },
    ]);
    expect([taken.head.status, await taken.text()]).toEqual([202, '{"taken":9}']);
    const item = await response.next((one) => one.type === 'event' && one.data.includes('pong'));
    expect(item.type === 'event' && lines(item.data).map(({ id: number }) => number)).toEqual([7, 9]);
  });

  // RT-TRANSPORT-4
  test('a repeated POST is not executed twice', async () => {
    const { post, hub } = await serve();
    hub.on('open:{id}', 'count', () => (count += 1));
    let count = 0;
    const [response, id] = await openStream(post);
    const frames = [{ type: 'send', id: 2, channel: 'open:1', event: 'count', data: null }];
    for (let n = 0; n < 3; n += 1) expect(await (await post(`?session=${id}`, frames)).text()).toBe('{"taken":2}');
    await (await post(`?session=${id}`, [{ type: 'ping', id: 3 }])).text();
    await response.next((one) => one.type === 'event' && one.data.includes('pong'));
    expect(count).toBe(1);
  });

  // RT-SESSION-12
  test('a POST that is malformed is refused as a whole, and the session goes on', async () => {
    const { post } = await serve();
    const [response, id] = await openStream(post);
    expect(await codeOf(await post(`?session=${id}`, '{"type":"ping","id":2}\n{nonsense'))).toEqual([
      400,
      'frame_invalid',
    ]);
    await (await post(`?session=${id}`, [{ type: 'ping', id: 2 }])).text();
    await response.next((one) => one.type === 'event' && one.data.includes('pong'));
  });

  // RT-LIMIT-3
  test('a POST that is too large is refused', async () => {
    const { post } = await serve({ limits: { maxFrameBytes: 100 } });
    const [, id] = await openStream(post);
    expect(await codeOf(await post(`?session=${id}`, 'x'.repeat(101)))).toEqual([413, 'body_too_large']);
  });

  // RT-PERM-12
  test('answers only to the user who has opened it', async () => {
    const { post } = await serve();
    const [, id] = await openStream(post, { 'x-user': 'ada' });
    const frames = [{ type: 'ping', id: 2 }];
    for (const headers of [{}, { 'x-user': 'bob' }]) {
      expect(await codeOf(await post(`?session=${id}`, frames, headers))).toEqual([410, 'session_unknown']);
    }
    expect(await codeOf(await post('?session=nonsense', frames))).toEqual([410, 'session_unknown']);
    expect((await post(`?session=${id}`, frames, { 'x-user': 'ada' })).head.status).toBe(202);
  });

  test('is gone with its stream', async () => {
    const { post, observed } = await serve();
    const [response, id] = await openStream(post);
    response.cut();
    await within(
      'the end',
      observed((events) => events.some(({ type }) => type === 'connection_closed')),
    );
    expect(await codeOf(await post(`?session=${id}`, [{ type: 'ping', id: 2 }]))).toEqual([410, 'session_unknown']);
  });

  // RT-LIFE-6
  test('one that never speaks is ended, one that does stays', async () => {
    const { post, hub } = await serve({ heartbeat: { everyMs: 100 } });
    const [silent] = await openStream(post);
    const [speaking, id] = await openStream(post);
    let over = false;
    void silent.ended().then(() => {
      over = true;
    });
    for (let number = 2; !over; number += 1) {
      await (await post(`?session=${id}`, [{ type: 'ping', id: number }])).text();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await hub.channel('open:1').publish('said', 'still here');
    await speaking.next((one) => one.type === 'event' && one.data.includes('still here'));
  }, 20_000);

  test.each([
    ['without connect', [{ type: 'ping', id: 1 }], 400, 'connect_missing'],
    ['without anything', [], 400, 'connect_missing'],
    ['without an id', [{ type: 'connect' }], 400, 'id_invalid'],
    ['with what is not JSON', 'connect', 400, 'frame_invalid'],
    ['with a token that nobody verifies', [{ ...connect, token: 't' }], 400, 'tokens_unsupported'],
  ])('%s is refused with a status', async (_, frames, status, code) => {
    const { post, open } = await serve();
    expect(await codeOf(await post('', frames, stream))).toEqual([status, code]);
    expect(await codeOf(await post('?wait=5', frames))).toEqual([status, code]);
    expect(open()).toBe(0);
  });
});

describe('a session over long-poll', () => {
  test('opens in one round trip, with what its subscriptions have', async () => {
    const { post, hub } = await serve();
    await hub.channel('open:1').publish('said', 'before');
    const response = await post('?wait=5', [{ ...connect, subscriptions: [{ channel: 'open:1', after: 'start' }] }]);
    const frames = lines(await response.text());
    expect(frames.map(({ type }) => type)).toEqual(['connected', 'subscribed', 'publications']);
    expect(response.head.headers.get('cache-control')).toEqual(['no-store']);
  });

  test('a poll is answered as soon as there is something, or empty', async () => {
    const { post, hub, events } = await serve();
    const id = await openPolled(post);
    expect(await (await post(`?session=${id}&wait=0&poll=1`, '')).text()).toBe('');
    const waiting = post(`?session=${id}&wait=10&poll=2`, '');
    // The next request shows that the server has taken the one before it.
    await (await post(`?session=${id}`, '')).text();
    await hub.channel('open:1').publish('said', 'now');
    expect(lines(await (await waiting).text()).map(({ type }) => type)).toEqual(['publications']);
    expect(events.filter(({ type }) => type === 'connection_closed')).toEqual([]);
  });

  test('a poll may bring frames, and its answer is theirs', async () => {
    const { post } = await serve();
    const id = await openPolled(post);
    const response = await post(`?session=${id}&wait=10&poll=1`, [{ type: 'ping', id: 2 }]);
    expect(lines(await response.text())).toEqual([{ type: 'pong', id: 2 }]);
  });

  // RT-TRANSPORT-5
  test.each([1, 3])('poll %i after poll 1 means that an answer was lost', async (number) => {
    const { post } = await serve();
    const id = await openPolled(post);
    await (await post(`?session=${id}&wait=0&poll=1`, '')).text();
    expect(await codeOf(await post(`?session=${id}&wait=0&poll=${number}`, ''))).toEqual([410, 'session_lost']);
    expect(await codeOf(await post(`?session=${id}&wait=0&poll=2`, ''))).toEqual([410, 'session_unknown']);
  });

  test('two polls at once are both answered', async () => {
    const { post, hub } = await serve();
    const id = await openPolled(post);
    const first = post(`?session=${id}&wait=10&poll=1`, '');
    await (await post(`?session=${id}`, '')).text();
    const second = post(`?session=${id}&wait=10&poll=2`, '');
    expect(await (await first).text()).toBe('');
    await hub.channel('open:1').publish('said', 'now');
    expect(await (await second).text()).toContain('"now"');
  });

  test('a poll that is cut ends it', async () => {
    const { post, observed } = await serve();
    const id = await openPolled(post);
    const gone = observed((events) => events.some(({ type }) => type === 'connection_closed'));
    let cut = (): void => {};
    const opened = (socket: Socket): void => {
      cut = () => socket.destroy();
    };
    post(`?session=${id}&wait=10&poll=1`, '', {}, opened).catch(() => {});
    await (await post(`?session=${id}`, '')).text();
    cut();
    await within('the end', gone);
  });

  // RT-LIFE-6
  test('without a poll for too long it ends', async () => {
    const { post, observed } = await serve({ heartbeat: { everyMs: 100 } });
    await openPolled(post);
    await within(
      'the end',
      observed((events) => events.some((event) => event.type === 'connection_closed' && event.end === 'peer')),
    );
  });

  test.each([
    ['without a number', '&wait=5', 'parameter_invalid'],
    ['with a bad number', '&wait=5&poll=x', 'parameter_invalid'],
    ['that waits for too long', '&wait=61&poll=1', 'parameter_invalid'],
  ])('a poll %s is refused', async (_, query, code) => {
    const { post } = await serve();
    const id = await openPolled(post);
    expect(await codeOf(await post(`?session=${id}${query}`, ''))).toEqual([400, code]);
  });
});

describe('a POST without a session', () => {
  // RT-TRANSPORT-6
  test('answers its frames in their order', async () => {
    const { post, hub } = await serve();
    hub.on('talk:{id}', 'double', ({ data }) => Number(data) * 2);
    const response = await post('', [
      { type: 'publish', id: 1, channel: 'talk:1', event: 'said', data: 'hi', key: 'k' },
      { type: 'publish', id: 2, channel: 'talk:1', event: 'said', data: 'hi', key: 'k' },
      { type: 'send', id: 3, channel: 'talk:1', event: 'double', data: 21 },
      { type: 'history', id: 4, channel: 'talk:1' },
      { type: 'subscribe', id: 5, channel: 'talk:1' },
      { type: 'publish', id: 6, channel: 'open:1', event: 'said', data: 1 },
      { type: 'ping', id: 6 },
      { type: 'dance' },
      { type: 'ping', id: 7 },
    ]);
    const answers = lines(await response.text());
    expect(answers.map(({ type, id }) => [type, id])).toEqual([
      ['published', 1],
      ['published', 2],
      ['answered', 3],
      ['history', 4],
      ['error', 5],
      ['error', 6],
      ['error', 6],
      ['pong', 7],
    ]);
    expect(answers[0]?.['position']).toBe(answers[1]?.['position']);
    expect(answers[2]?.['data']).toBe(42);
    const codes = answers.flatMap(({ error }) => (error === undefined ? [] : [(error as { code: string }).code]));
    expect(codes).toEqual(['connect_missing', 'publish_denied', 'id_invalid']);
  });

  test('may bring a token', async () => {
    const tokens = (token: string): { user: string } | null => (token === 'ada' ? { user: 'ada' } : null);
    const { post } = await serve({ auth: { tokens } });
    const ask = (token: string): Promise<RawResponse> =>
      post('', [
        { type: 'connect', id: 1, token },
        { type: 'history', id: 2, channel: 'own:ada' },
      ]);
    expect(lines(await (await ask('ada')).text())[0]?.type).toBe('history');
    expect(await codeOf(await ask('bob'))).toEqual([401, 'token_invalid']);
  });

  test.each([
    ['nothing', ''],
    ['what is not JSON', 'hello'],
    ['a list', '[{"type":"ping","id":1}]'],
  ])('with %s is refused', async (_, body) => {
    const { post } = await serve();
    expect(await codeOf(await post('', body))).toEqual([400, 'frame_invalid']);
  });

  // RT-PERM-11
  test.each([
    [{ origin: 'https://evil.example' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site', origin: 'http://localhost' }],
    [{ origin: 'null' }],
  ])('from another site is refused: %o', async (headers) => {
    const { post } = await serve();
    expect(await codeOf(await post('', [{ type: 'ping', id: 1 }], headers))).toEqual([403, 'origin_denied']);
  });
});
