import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { channel, createHub, defineChannels } from '@rt/core';
import { attach, realtime } from '@rt/node';
import { z } from 'zod';

// A server in a process of its own, so that what it holds in memory is its own. It publishes when it is told to.
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const channels = defineChannels({
  feed: channel({ events: { said: z.string() }, keep: { count: 1000, forMs: 600_000 }, subscribe: 'anyone' }),
});
const hub = createHub({ channels, limits: { maxFrameBytes: 1024 } });
const server = createServer((request, response) => void realtime(hub, { user: () => null })(request, response));
attach(server);

/** What is in use after a collection, in bytes: objects, and buffers outside of the heap. */
function inUse(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const payload = 'x'.repeat(4000);

const before = inUse();

/** A thousand a second, in steps of ten milliseconds. */
async function feed(count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += 10) {
    for (let n = 0; n < 10; n += 1) await hub.channel('feed').publish('said', payload);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

process.on('message', (message: { readonly feed: number } | 'close') => {
  if (message === 'close') {
    void hub.close({ withinMs: 1000 }).then(() => process.exit(0));
    return;
  }
  void feed(message.feed).then(() => process.send?.({ type: 'fed', grownBy: inUse() - before }));
});
server.listen(0, '127.0.0.1', () => process.send?.({ type: 'port', port: (server.address() as AddressInfo).port }));
