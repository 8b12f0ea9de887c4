import { rawRequest, rawWebSocket } from '@rt/testkit';
import { expect, test } from 'vitest';
import { starts } from './start/apps.ts';

// RT-DOCS-3
test.each(starts)('what the first page for %s shows tells what is said', async (_, start) => {
  const { port, close } = await start();
  const stream = await rawRequest({
    port,
    path: '/rt?channel=lobby&last=10',
    headers: { accept: 'text/event-stream' },
  });
  const body = JSON.stringify({ type: 'publish', id: 1, channel: 'lobby', event: 'message', data: { text: 'hi' } });
  const headers = { 'content-type': 'text/plain;charset=UTF-8', 'sec-fetch-site': 'same-origin', connection: 'close' };
  const said = await rawRequest({ port, path: '/rt', method: 'POST', headers, body });
  expect(JSON.parse(await said.text())).toMatchObject({ type: 'published' });
  expect(await stream.events(1)).toMatchObject([{ event: 'message', data: '{"text":"hi"}' }]);
  expect(await rawWebSocket({ port, path: '/rt' })).toMatchObject({ type: 'open' });
  await close();
});
