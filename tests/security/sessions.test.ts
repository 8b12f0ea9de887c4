import { channel, createHub, defineChannels } from '@rt/core';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { SimulatedSession } from '../support/simulated-session.ts';
import { codeOf, framesOf, serve } from './ground.ts';

const stream = { accept: 'text/event-stream' };
const connect = { type: 'connect', id: 1 };

// RT-SAFE-7
test('the id of a session is 122 bits of chance, and is told to nobody but its client', async () => {
  const { post } = await serve();
  const ids = new Set<string>();
  for (let n = 0; n < 50; n += 1) {
    const [connected] = await framesOf(await post('?wait=0', [connect]));
    ids.add(String(connected?.['session']));
  }
  expect(ids.size).toBe(50);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
  // Each place has seen most of the digits: nothing counts up.
  for (const at of [0, 5, 11, 17, 31]) expect(new Set([...ids].map((id) => id[at])).size).toBeGreaterThan(8);
});

// RT-SAFE-7
test('a session that is not there, and one of another user, are refused alike', async () => {
  const { post } = await serve();
  const opened = await post('', [connect], { ...stream, 'x-user': 'ada' });
  const { data } = (await opened.next((item) => item.type === 'event')) as { readonly data: string };
  const { session } = JSON.parse(data) as { readonly session: string };
  const ping = [{ type: 'ping', id: 2 }];
  const answers = await Promise.all(
    [
      post(`?session=${session}`, ping, { 'x-user': 'bob' }),
      post(`?session=${session}`, ping),
      post('?session=00000000000040008000000000000000', ping, { 'x-user': 'bob' }),
    ].map(async (asked) => (await asked).text()),
  );
  expect(new Set(answers).size).toBe(1);
  expect(answers[0]).toContain('session_unknown');
  expect((await post(`?session=${session}`, ping, { 'x-user': 'ada' })).head.status).toBe(202);
});

// RT-SAFE-8
test('a token is in no URL that is taken, in no answer, and in nothing that the observer is told', async () => {
  const secret = 'hunter2hunter2';
  const tokens = (): never => {
    throw new Error('the key set is away');
  };
  const { get, post, webSocket, events } = await serve({ auth: { tokens } });
  // Whoever puts it there is nobody by it.
  expect(await codeOf(await get(`?channel=own:ada&token=${secret}`))).toEqual([403, 'subscribe_denied']);
  const answers = [
    await post('', [{ ...connect, token: secret }]),
    await post('', [{ ...connect, token: { secret } }]),
    await post('', [{ ...connect, token: secret }], stream),
    await post('', `{"type":"connect","id":1,"token":"${secret}`),
    await post('', `{"type":"connect","id":1,"token":"${secret}"}\n{"type":"refresh","id":2,"token":["${secret}"]}`),
  ];
  for (const answer of answers) {
    expect(answer.head.status).toBeGreaterThanOrEqual(400);
    expect(await answer.text()).not.toContain('hunter2');
  }
  const { webSocket: client, ended, texts } = await webSocket();
  client.send(JSON.stringify({ ...connect, token: secret }));
  await ended;
  expect(texts.join('')).toContain('token_invalid');
  expect(texts.join('')).not.toContain('hunter2');
  const causes = events.flatMap((event) => ('cause' in event ? [String(event.cause)] : []));
  expect(causes).toContain('Error: the key set is away');
  expect(JSON.stringify(events) + causes.join('')).not.toContain('hunter2');
});

// RT-SAFE-14
test('the key of a publication is its user’s own, whatever users are called', async () => {
  const hub = createHub({
    channels: defineChannels({
      room: channel({ events: { said: z.unknown() }, subscribe: 'anyone', publish: 'anyone' }),
    }),
  });
  onTestFinished(() => hub.close({ withinMs: 100 }));
  const publish = async (user: string | null, key: string): Promise<unknown> => {
    const session = await SimulatedSession.open(hub, user);
    const id = session.send({ type: 'publish', channel: 'room', event: 'said', data: user, key });
    while (session.answer(id) === null) await new Promise(setImmediate);
    session.leave();
    return session.answer(id);
  };
  for (const [user, key] of [
    ['Ada', 'Lovelace 1'],
    ['Ada Lovelace', '1'],
    ['', 'Ada Lovelace 1'],
    [null, 'Ada Lovelace 1'],
    ['server', '1'],
  ] as const) {
    expect(await publish(user, key)).toMatchObject({ type: 'published' });
  }
  await hub.channel('room').publish('said', 'the server itself', { key: '1' });
  const { publications } = await hub.channel('room').history();
  expect(publications.map(({ data }) => data)).toEqual([
    'Ada',
    'Ada Lovelace',
    '',
    null,
    'server',
    'the server itself',
  ]);
});

// RT-SAFE-13
test('of the subscriptions of connect no more are asked about than a session may have', async () => {
  let asked = 0;
  const hub = createHub({
    channels: defineChannels({
      'room:{id}': channel({
        events: { said: z.unknown() },
        subscribe() {
          asked += 1;
          return false;
        },
      }),
    }),
    limits: { maxChannelsPerSession: 10 },
  });
  onTestFinished(() => hub.close({ withinMs: 100 }));
  const subscriptions = Array.from({ length: 1_000 }, (_, n) => ({ channel: `room:${n % 10}` }));
  const session = await SimulatedSession.open(hub, null, { subscriptions });
  while (session.frames.length < 1_001) await new Promise(setImmediate);
  const codes = session.frames.slice(1).map((frame) => frame.type === 'error' && frame.error.code);
  expect(codes.filter((code) => code === 'subscribe_denied')).toHaveLength(10);
  expect(codes.filter((code) => code === 'channels_too_many')).toHaveLength(990);
  expect(asked).toBe(10);
  session.leave();
});
