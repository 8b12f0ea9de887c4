import { createServer } from 'node:http';
import { realtime } from '@rt/node';
import { rawRequest, within } from '@rt/testkit';
import { expect, test } from 'vitest';
import { testHub } from '../support/hub.ts';
import { listening } from '../support/listen.ts';
import { connect } from 'node:net';

test('a server’s timeout ends requests that hang, and leaves quiet streams alone', async () => {
  const { hub } = testHub({ heartbeat: false });
  const rt = realtime(hub, { user: () => null });
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/rt') === true) void rt(request, response);
  });
  server.setTimeout(100);
  const { port, close } = await listening(server);
  const stream = await rawRequest({ port, path: '/rt?channel=open:1', headers: { accept: 'text/event-stream' } });
  const poll = rawRequest({ port, path: '/rt?channel=open:2&wait=25', headers: { accept: 'application/json' } });
  const hanging = connect(port, '127.0.0.1');
  hanging.write('GET /hangs HTTP/1.1\r\nHost: l\r\n\r\n');
  // By then the stream has been quiet for longer than the timeout as well, and so has the poll.
  await within('the timeout', new Promise((resolve) => hanging.on('close', resolve)));
  await hub.channel('open:1').publish('said', 'still here');
  await hub.channel('open:2').publish('said', 'so am I');
  expect(await stream.events(1)).toMatchObject([{ data: '"still here"' }]);
  expect(await (await poll).text()).toContain('so am I');
  await hub.close({ withinMs: 500 });
  await close();
});
