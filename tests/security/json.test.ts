import { channel, createHub, defineChannels } from '@rt/core';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { SimulatedSession } from '../support/simulated-session.ts';
import { framesOf, serve } from './ground.ts';

const poison = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":1}';

// RT-SAFE-5
test('keys of prototypes in data are data, and come as they were', async () => {
  const { post, hub, get } = await serve();
  let handled: unknown;
  hub.on('talk:{id}', 'asked', ({ data }) => {
    handled = data;
    return data;
  });
  const answers = await framesOf(
    await post(
      '',
      [
        `{"type":"publish","id":1,"channel":"talk:1","event":"said","data":${poison},"__proto__":{"key":"k"}}`,
        `{"type":"send","id":2,"channel":"talk:1","event":"asked","data":${poison}}`,
        `{"__proto__":{"type":"ping"},"id":3}`,
      ].join('\n'),
    ),
  );
  expect(answers.map(({ type }) => type)).toEqual(['published', 'answered', 'error']);
  expect(JSON.stringify(answers[1]?.['data'])).toBe(poison);
  expect(Object.keys(handled as object)).toEqual(['__proto__', 'constructor', 'toString']);
  expect(await (await get('?channel=talk:1')).text()).toContain(`"data":${poison}`);
  expect(({} as { readonly polluted?: unknown }).polluted).toBeUndefined();
});

// RT-SAFE-5
test('keys of prototypes as names of channels, events, parameters and users are names like others', async () => {
  const seen: unknown[] = [];
  const hub = createHub({
    channels: defineChannels({
      'room:{__proto__}:{constructor}': channel({
        events: { said: z.unknown() },
        subscribe: ({ params }) => seen.push(params) > 0,
        publish: 'anyone',
        presence: z.unknown(),
        enter: 'anyone',
      }),
    }),
  });
  const session = await SimulatedSession.open(hub, { id: '__proto__' });
  const name = 'room:__proto__:toString';
  const asked = [
    session.send({ type: 'subscribe', channel: name, presence: true }),
    session.send({ type: 'publish', channel: name, event: 'constructor', data: 1 }),
    session.send({ type: 'send', channel: name, event: '__proto__', data: 1 }),
    session.send({ type: 'enter', channel: name, state: JSON.parse(poison) as unknown }),
    session.send({ type: 'constructor' }),
  ];
  while (asked.some((id) => session.answer(id) === null)) await new Promise(setImmediate);
  expect(asked.map((id) => session.answer(id))).toMatchObject([
    { type: 'subscribed' },
    { error: { code: 'event_unknown' } },
    { error: { code: 'send_denied' } },
    { type: 'entered' },
    { error: { code: 'frame_unknown' } },
  ]);
  expect(JSON.stringify(seen)).toBe('[{"__proto__":"__proto__","constructor":"toString"}]');
  const { members } = await hub.channel(name).members();
  expect(members.map(({ user, state }) => [user, JSON.stringify(state)])).toEqual([['__proto__', poison]]);
  await hub.close({ withinMs: 100 });
});

// RT-SAFE-6
test('what is nested deeper than can be written is refused, and the next is served', async () => {
  const { post, events, hub } = await serve();
  hub.on('talk:{id}', 'asked', ({ data }) => data);
  const deep = '['.repeat(15_000) + ']'.repeat(15_000);
  const answers = await framesOf(
    await post(
      '',
      [
        `{"type":"publish","id":1,"channel":"talk:1","event":"said","data":${deep}}`,
        `{"type":"send","id":2,"channel":"talk:1","event":"asked","data":${deep.slice(5_000, -5_000)}}`,
        '{"type":"ping","id":3}',
      ].join('\n'),
    ),
  );
  expect(answers).toMatchObject([
    { id: 1, error: { code: 'event_invalid' } },
    { id: 2, error: { code: 'handler_failed' } },
    { id: 3, type: 'pong' },
  ]);
  // Nobody has a fault of the server to look into, beside the handler's own.
  expect(events.filter(({ type }) => type === 'error')).toMatchObject([{ stage: 'handler' }]);
});

// RT-SAFE-6
test('numbers beyond all bounds are refused where a number is wanted, and are JSON for every reader', async () => {
  const { post, get } = await serve();
  const answers = await framesOf(
    await post(
      '',
      [
        '{"type":"ping","id":1e400}',
        '{"type":"ping","id":9007199254740993}',
        `{"type":"ping","id":0.${'0'.repeat(10_000)}1}`,
        '{"type":"history","id":1,"channel":"talk:1","limit":1e400}',
        `{"type":"history","id":2,"channel":"talk:1","after":"k.${'9'.repeat(40)}"}`,
        '{"type":"publish","id":3,"channel":"talk:1","event":"said","data":[1e400,-1e400,1e-400]}',
      ].join('\n'),
    ),
  );
  expect(answers.map(({ type, error }) => (error as { code: string } | undefined)?.code ?? type)).toEqual([
    'id_invalid',
    'id_invalid',
    'id_invalid',
    'frame_invalid',
    'position_invalid',
    'published',
  ]);
  const page = JSON.parse(await (await get('?channel=talk:1')).text()) as { readonly publications: readonly object[] };
  expect(page.publications).toMatchObject([{ data: [null, null, 0] }]);
});

// RT-SAFE-6
test('a body and a message that are larger than they may be are refused, whatever they hold', async () => {
  const { post, webSocket } = await serve();
  const huge = `{"type":"ping","id":1,"more":"${'x'.repeat(66_000)}"}`;
  expect((await post('', huge)).head.status).toBe(413);
  const { webSocket: client, ended } = await webSocket();
  client.send(huge);
  expect(await ended).toMatchObject({ code: 1009 });
});
