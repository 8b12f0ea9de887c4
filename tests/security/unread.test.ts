import type { RawWebSocket } from '@rt/testkit';
import { within } from '@rt/testkit';
import { expect, test } from 'vitest';
import { framesOf, serve } from './ground.ts';
import { opcode } from './websocket-opcodes.ts';

const connect = '{"type":"connect","id":1}';
const megabyte = 1_048_576;

/** Sends until the peer gives up, or enough was sent to say that it does not. */
async function flood({ socket }: RawWebSocket, send: () => void, times: number): Promise<void> {
  socket.pause();
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  for (let n = 0; n < times && socket.writable; n += 1) {
    send();
    if (socket.writableNeedDrain)
      await within('room', Promise.race([gone, new Promise<void>((resolve) => socket.once('drain', resolve))]));
  }
}

// RT-SAFE-1
test('a peer that reads nothing is ended for its pings before they cost memory', async () => {
  const { webSocket, sockets, observed } = await serve();
  const { webSocket: client, said } = await webSocket();
  client.send(connect);
  await said('"connected"');
  const ping = Buffer.alloc(125, 'p');
  let most = 0;
  const ended = observed((events) => events.some(({ type }) => type === 'connection_closed'));
  await flood(
    client,
    () => {
      client.frame(opcode.ping, ping);
      most = Math.max(most, sockets[0]?.writableLength ?? 0);
    },
    400_000,
  );
  await within('the end', ended);
  expect(most).toBeLessThan(megabyte);
});

// RT-SAFE-1
test('a peer that reads nothing is ended for its questions before they cost more than a few megabytes', async () => {
  const { webSocket, hub, sockets, observed } = await serve({ limits: { rates: false } });
  for (let n = 0; n < 5; n += 1) await hub.channel('open:1').publish('said', 'x'.repeat(20_000));
  const { webSocket: client, said } = await webSocket();
  client.send(connect);
  await said('"connected"');
  let most = 0;
  let id = 1;
  const ended = observed((events) => events.some(({ type }) => type === 'connection_closed'));
  await flood(
    client,
    () => {
      id += 1;
      client.send(`{"type":"history","id":${id},"channel":"open:1"}`);
      most = Math.max(most, sockets[0]?.writableLength ?? 0);
    },
    20_000,
  );
  await within('the end', ended);
  expect(most).toBeLessThan(8 * megabyte);
});

// RT-SAFE-2
test('a request without a session is answered up to a bound, whatever it asks for', async () => {
  const { post, hub } = await serve();
  for (let n = 0; n < 100; n += 1) await hub.channel('deep:1').publish('said', 'x'.repeat(40_000));
  const asking = Array.from({ length: 90 }, (_, n) => ({ type: 'history', id: n + 1, channel: 'deep:1' }));
  const response = await post('', asking);
  const answers = await framesOf(response);
  expect(answers.map(({ id }) => id)).toEqual(asking.map(({ id }) => id));
  expect(answers[0]).toMatchObject({ type: 'history' });
  expect(answers.at(-1)).toMatchObject({ type: 'error', error: { code: 'rate_limited', retryable: true } });
  expect(response.body.length).toBeLessThan(16 * megabyte);
});

// RT-SAFE-2
test('questions of one message are answered up to a bound, whatever they ask for', async () => {
  const { webSocket, hub, events } = await serve();
  for (let n = 0; n < 100; n += 1) await hub.channel('deep:1').publish('said', 'x'.repeat(40_000));
  const { webSocket: client, said, texts } = await webSocket();
  client.send(connect);
  await said('"connected"');
  const asking = Array.from({ length: 90 }, (_, n) => ({ type: 'history', id: n + 2, channel: 'deep:1' }));
  client.send(asking.map((frame) => JSON.stringify(frame)).join('\n'));
  await said('"id":91');
  expect(events.filter(({ type }) => type === 'connection_closed')).toEqual([]);
  expect(Math.max(...texts.map(({ length }) => length))).toBeLessThan(16 * megabyte);
});
