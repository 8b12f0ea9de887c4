import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { openOverSse, rawRequest, rawWebSocket, within } from '@rt/testkit';
import { expect, test } from 'vitest';
import { bootstrap } from './guide/main.ts';
import { roomTest } from './guide/room-test.ts';
import { Rooms } from './guide/room-channel.ts';

const files = ['app-module', 'auth-guard', 'main', 'room-channel', 'room-test', 'rooms-controller'];

/** Lines without their indentation: a guide shows a part of a class. */
function flat(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}

function read(path: string): string {
  return readFileSync(new URL(path, import.meta.url), 'utf8');
}

test('the guide shows code that is tested here', () => {
  const blocks = [...read('../../docs/hosts/nest.md').matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code ?? '');
  const tested = files.map((file) => flat(read(`guide/${file}.ts`))).join('\n');
  expect(blocks.length).toBeGreaterThan(4);
  for (const block of blocks) expect(tested).toContain(flat(block));
});

test('the app of the guide lets people in, tells them what happens and who is there, and stops', async () => {
  const app = await bootstrap(0);
  const { port } = app.getHttpServer().address() as AddressInfo;
  const headers = { authorization: 'User ada', 'content-type': 'application/json', connection: 'close' };
  const ask = async (path: string, method: string, body = ''): Promise<unknown> =>
    JSON.parse(await (await rawRequest({ port, path, method, headers, body })).text());
  expect(await rawWebSocket({ port, path: '/rt' })).toMatchObject({ type: 'refused', head: { status: 403 } });

  const opened = await openOverSse({ port, headers: { authorization: 'User ada' } });
  if (opened.type === 'refused') throw new Error(opened.error.message);
  const { client } = opened;
  client.send(
    { type: 'subscribe', id: 2, channel: 'room:1' },
    { type: 'enter', id: 3, channel: 'room:1', state: { name: 'Ada' } },
  );
  await client.next('entered');
  expect(await ask('/rooms/1/messages', 'POST', '{"text":"hi"}')).toEqual({ roomId: '1', text: 'hi' });
  expect(await ask('/rooms/1/notices', 'POST', '{"text":"closing soon"}')).toEqual({ position: expect.any(String) });
  client.send({ type: 'send', id: 4, channel: 'room:1', event: 'say', data: { text: 'bye' } });
  await client.next('answered');
  expect(await ask('/rooms/1/members', 'GET')).toMatchObject({ members: [{ user: 'ada', state: { name: 'Ada' } }] });
  await expect.poll(() => app.get(Rooms).visits).toEqual(['ada']);
  await within('the app to stop', app.close(), 3000);
  expect((await client.ended()).bye).toMatchObject({ type: 'bye' });
});

test('the test that the guide shows passes', roomTest);
