import { createClient } from '@rt/client';
import { tcpProxy } from '@rt/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { rt, serveHub, start } from './ground.ts';

// RT-CLI-1
test.each(['auto', 'websocket', 'sse', 'long-poll'])(
  'over %s a connection that is cut comes back by itself, and nothing is missing and nothing comes twice',
  async (transport) => {
    const { hub, port } = await serveHub();
    const proxy = await tcpProxy(() => port);
    onTestFinished(() => proxy.close());
    const url = `http://127.0.0.1:${proxy.port}/rt`;
    const tail = start(['tail', url, 'room:1', '--from', 'start', '--json', '--transport', transport, '--count', '6']);
    const room = hub.channel('room:1');
    await tail.jsonOf('live');
    for (const n of [1, 2]) await room.publish('said', n);
    await tail.jsonOf('publication');
    await tail.jsonOf('publication');
    proxy.cut();
    for (const n of [3, 4]) await room.publish('said', n);
    await tail.jsonOf('status');
    proxy.mend();
    await tail.jsonOf('publication');
    await tail.jsonOf('publication');
    for (const n of [5, 6]) await room.publish('said', n);
    const { code, out } = await tail.ended;
    const told = out.split('\n').filter((line) => line.includes('"publication"'));
    expect(told.map((line) => (JSON.parse(line) as { readonly data: unknown }).data)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(code).toBe(0);
  },
);

// RT-CLI-1
test('polls tell what comes', async () => {
  const { hub, url } = await serveHub();
  await hub.channel('room:1').publish('said', 1);
  const { code, out } = await rt(['tail', url, 'room:1', '--from', 'last=1', '--transport', 'poll', '--count', '1']);
  expect(out).toMatch(/^[0-9a-z]+\.1 {2}said {2}1\n$/);
  expect(code).toBe(0);
});

// RT-CLI-1
test('what is missing is told as a gap', async () => {
  const { hub, url } = await serveHub();
  const position = await hub.channel('room:1').publish('said', 1);
  const tail = start(['tail', url, 'room:1', '--from', `gone${position ?? ''}`, '--json', '--count', '1']);
  expect(await tail.jsonOf('publication')).toMatchObject({ position, data: 1 });
  expect((await tail.ended).code).toBe(0);
});

// RT-CLI-1
test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it in good order: the hub knows at once', async (signal) => {
  const events: string[] = [];
  const gone = Promise.withResolvers<void>();
  const { url } = await serveHub({
    observe(event) {
      events.push(event.type);
      if (event.type === 'connection_closed') gone.resolve();
    },
  });
  const tail = start(['tail', url, 'room:1', 'room:2', '--json']);
  await tail.jsonOf('live');
  await tail.jsonOf('live');
  tail.signal(signal);
  expect((await tail.ended).code).toBe(0);
  await gone.promise;
});

// RT-CLI-3
test('its lines are of these forms', async () => {
  const { hub, url } = await serveHub();
  const room = hub.channel('room:1');
  const first = await room.publish('said', { text: 'hi' });
  const tail = start(['tail', url, 'room:1', '--from', 'start', '--json', '--presence']);
  expect(await tail.json()).toEqual({ type: 'status', state: 'connecting' });
  expect(await tail.json()).toEqual({ type: 'status', state: 'open', transport: 'websocket' });
  const opening = [await tail.json(), await tail.json(), await tail.json()];
  expect(opening).toContainEqual({
    type: 'members',
    channel: 'room:1',
    count: 0,
    connections: 0,
    complete: true,
    members: [],
  });
  expect(opening).toContainEqual({ type: 'live', channel: 'room:1', position: expect.any(String) as string });
  expect(opening).toContainEqual({
    type: 'publication',
    channel: 'room:1',
    position: first,
    event: 'said',
    data: { text: 'hi' },
  });
  const position = await room.publish('drawn', Uint8Array.of(1, 2));
  expect(await tail.json()).toEqual({
    type: 'publication',
    channel: 'room:1',
    position,
    event: 'drawn',
    base64: 'AQI=',
  });
  await room.publish('typing', 'ada');
  expect(await tail.json()).toMatchObject({ type: 'publication', position: null, event: 'typing', data: 'ada' });
  const ada = createClient(url, { headers: { 'x-user': 'ada' }, transport: 'sse' });
  onTestFinished(() => ada.close());
  await ada.channel('room:1').presence.enter({ name: 'Ada' });
  const member = { channel: 'room:1', user: 'ada', connections: 1 };
  expect(await tail.json()).toEqual({ type: 'joined', ...member, state: { name: 'Ada' } });
  await ada.channel('room:1').presence.update({ name: 'Ada L.' });
  expect(await tail.json()).toEqual({ type: 'changed', ...member, state: { name: 'Ada L.' } });
  await ada.channel('room:1').presence.leave();
  expect(await tail.json()).toEqual({ type: 'left', channel: 'room:1', user: 'ada' });
});

// RT-CLI-2
test('it ends with 1 if all its channels are refused, and with 3 if no hub is reached', async () => {
  const { url, stop } = await serveHub();
  const denied = await rt(['tail', url, 'own:ada', 'own:eve', '--json']);
  expect(denied.code).toBe(1);
  expect(denied.out).toContain('{"type":"denied","channel":"own:eve","code":"subscribe_denied"');
  await stop();
  const unreached = await rt(['tail', url, 'room:1', '--timeout', '0.5', '--json']);
  expect(unreached.code).toBe(3);
  expect(unreached.out).toMatch(
    /\{"type":"error","code":"unreached","message":".*ECONNREFUSED.*","retryable":true\}\n$/,
  );
});

// RT-CLI-1
test('its headers go with WebSockets too', async () => {
  const { hub, url } = await serveHub();
  const args = [
    'tail',
    url,
    'own:ada',
    '--header',
    'x-user: ada',
    '--transport',
    'websocket',
    '--count',
    '1',
    '--json',
  ];
  const tail = start(args);
  await tail.jsonOf('live');
  await hub.channel('own:ada').publish('said', 1);
  expect(await tail.jsonOf('publication')).toMatchObject({ channel: 'own:ada', data: 1 });
  expect((await tail.ended).code).toBe(0);
});
