import { readFileSync } from 'node:fs';
import { rawRequest, rawWebSocket, within } from '@rt/testkit';
import { describe, expect, test } from 'vitest';
import type { StartApp } from './guides/app.ts';
import { startApp as startExpress } from './guides/express.ts';
import { startApp as startFastify } from './guides/fastify.ts';
import { startApp as startKoa } from './guides/koa.ts';
import { startApp as startNode } from './guides/node.ts';
import { roomTest } from './guides/room-test.ts';

const guides: readonly (readonly [string, StartApp])[] = [
  ['node', startNode],
  ['express', startExpress],
  ['fastify', startFastify],
  ['koa', startKoa],
];

/** Lines without their indentation: a guide shows a part of a function. */
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

describe.each(guides)('the guide for %s', (name, startApp) => {
  test('shows code that is tested here', () => {
    const blocks = [...read(`../../docs/hosts/${name}.md`).matchAll(/```ts\n([\s\S]*?)```/g)].map(
      ([, code]) => code ?? '',
    );
    const tested = ['channels', name, 'room-test'].map((file) => flat(read(`guides/${file}.ts`))).join('\n');
    expect(blocks.length).toBeGreaterThan(4);
    for (const block of blocks) expect(tested).toContain(flat(block));
  });

  test('has an app that lets people in, tells them what happens and who is there, and stops', async () => {
    const { port, close } = await startApp(0);
    const ask = async (path: string, method: string, cookie: string, body = ''): Promise<string> => {
      const headers = { cookie, 'content-type': 'application/json', connection: 'close' };
      return (await rawRequest({ port, path, method, headers, body })).text();
    };
    const rt = '/rt?channel=room:1';
    const stranger = await rawRequest({ port, path: rt, headers: { accept: 'text/event-stream' } });
    expect([stranger.head.status, await stranger.text()]).toEqual([401, 'login first']);
    expect(await rawWebSocket({ port, path: '/rt' })).toMatchObject({ type: 'refused', head: { status: 401 } });

    const headers = { 'content-type': 'application/json', connection: 'close' };
    const login = await rawRequest({ port, path: '/login', method: 'POST', headers, body: '{"user":"ada"}' });
    const cookie = (login.head.headers.get('set-cookie') ?? []).map((one) => one.split(';')[0]).join('; ');
    const stream = await rawRequest({ port, path: rt, headers: { accept: 'text/event-stream', cookie } });
    const said = await ask('/rooms/1/messages', 'POST', cookie, '{"text":"hi"}');
    const [event] = await stream.events(1);
    expect(event).toMatchObject({ event: 'message', data: '{"text":"hi"}' });
    expect(JSON.parse(said)).toEqual({ position: event?.id });

    const opened = await rawWebSocket({ port, path: '/rt', headers: { cookie } });
    if (opened.type === 'refused') throw new Error(opened.body);
    const { webSocket } = opened;
    const entered = new Promise<void>((resolve) => {
      webSocket.listen({ message: (text) => void (text.includes('"entered"') && resolve()), end: () => {} });
    });
    webSocket.send('{"type":"connect","id":1}\n{"type":"enter","id":2,"channel":"room:1","state":{"name":"Ada"}}');
    await within('to be a member', entered);
    expect(JSON.parse(await ask('/rooms/1/members', 'GET', cookie))).toMatchObject({
      members: [{ user: 'ada', state: { name: 'Ada' } }],
    });
    await within('the app to stop', close(), 3000);
    expect(await stream.text()).toContain('rt.bye');
  });
});

test('the test that the guides show passes', roomTest);
