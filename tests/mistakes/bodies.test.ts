import { createServer } from 'node:http';
import { realtime } from '@rt/express-sse';
import { rawRequest } from '@rt/testkit';
import type { RequestHandler } from 'express';
import express from 'express';
import { expect, test } from 'vitest';
import { listening } from '../support/listen.ts';
import { newHub } from './apps.ts';

/** What an app of Express, with something in front, answers to a publication. */
async function published(front: RequestHandler, type: string): Promise<string> {
  const hub = newHub();
  const app = express().use(front, realtime(hub, { user: () => null }));
  const { port, close } = await listening(createServer(app));
  const body = JSON.stringify({ type: 'publish', id: 1, channel: 'room:1', event: 'said', data: { text: 'a=1&b' } });
  const headers = { 'content-type': type, connection: 'close' };
  const response = await rawRequest({ port, path: '/', method: 'POST', headers, body });
  const answer = `${response.head.status} ${await response.text()}`;
  await hub.close({ withinMs: 100 });
  await close();
  return answer;
}

/** Reads what comes, and keeps nothing of it. */
const eat: RequestHandler = (request, _response, next) => {
  request.resume();
  request.once('end', () => next());
};

const any = { type: () => true };

// RT-FIRST-7
test.each([
  ['express.json', 'application/json', express.json()],
  ['express.json', 'text/plain', express.json()],
  ['express.text', 'text/plain', express.text(any)],
  ['express.raw', 'application/octet-stream', express.raw(any)],
  ['express.urlencoded', 'text/plain', express.urlencoded({ extended: true })],
])('%s in front leaves what is needed of %s', async (_, type, front) => {
  expect(await published(front, type)).toMatch(/^200 \{"type":"published","id":1,/);
});

// RT-FIRST-7
test('a body that something has read and not kept: the answer says so, and what to do', async () => {
  expect(await published(eat, 'text/plain')).toMatch(
    /^400 .*body_consumed: something has read the request body before and kept nothing of it; mount @rt before that, or have it leave the text in req\.body/,
  );
});

// RT-FIRST-7
test.each([true, false])(
  'JSON that is sent as a form, as curl does, to a parser of forms (extended: %s): the answer says how else',
  async (extended) => {
    expect(await published(express.urlencoded({ extended }), 'application/x-www-form-urlencoded')).toMatch(
      /^400 .*body_consumed: something has read the request body as application\/x-www-form-urlencoded, .* send it as text\/plain/,
    );
  },
);

// RT-FIRST-7
test('JSON that is sent as a form, as curl does, is understood where no parser of forms is in front', async () => {
  expect(await published(express.json(), 'application/x-www-form-urlencoded')).toMatch(/^200 \{"type":"published"/);
});
