import { describe, expect, test } from 'vitest';
import type { Exchange, Head } from '@rt/core';
import { channel, createHub, defineChannels } from '@rt/core';
import { z } from 'zod';

/** Which form a request with this Accept header gets, seen from outside. */
async function form(accept: string | null): Promise<string | undefined> {
  const channels = defineChannels({ a: channel({ events: { e: z.string() }, subscribe: 'anyone' }) });
  const hub = createHub({ channels, heartbeat: false });
  let head: Head | null = null;
  const exchange: Exchange = {
    address: null,
    upgradable: false,
    method: 'HEAD',
    query: new URLSearchParams('channel=a'),
    header: (name) => (name === 'accept' ? accept : null),
    closed: false,
    onGone: () => {},
    readText: async () => '',
    reply: (replied) => {
      head = replied;
    },
    stream: () => {
      throw new Error('HEAD does not stream');
    },
    upgrade: () => {
      throw new Error('this is no WebSocket');
    },
  };
  await hub.handle(exchange, () => null);
  await hub.close();
  const { status, headers } = head ?? { status: 0, headers: {} as Head['headers'] };
  return status === 200 ? headers['content-type'] : String(status);
}

const stream = 'text/event-stream';
const page = 'application/json; charset=utf-8';

describe('Accept', () => {
  // RT-PLAIN-6
  test.each([
    [null, page],
    ['', page],
    ['*/*', page],
    ['application/json', page],
    ['application/*', page],
    ['text/event-stream', stream],
    ['TEXT/Event-Stream', stream],
    ['text/event-stream, */*', stream],
    ['application/json, text/event-stream', stream],
    ['application/json, text/event-stream;q=0.5', page],
    ['application/json;q=0.1, text/event-stream;q=0.5', stream],
    ['text/event-stream;q=0, application/json', page],
    ['text/*', stream],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', page],
    ['text/html', '406'],
    ['application/json;q=0', '406'],
    ['application/json;q=x', '406'],
    ['image/*, text/html', '406'],
    [',;,', '406'],
  ])('%j gets %s', async (accept, expected) => {
    expect(await form(accept)).toBe(expected);
  });
});
