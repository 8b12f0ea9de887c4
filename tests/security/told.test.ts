import type { Broker } from '@rt/core';
import { channel, createHub, defineChannels, memoryBroker } from '@rt/core';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { MemoryPost } from '../fuzz/memory-post.ts';
import { SimulatedPeer } from '../support/simulated-peer.ts';
import { framesOf, serve } from './ground.ts';

const secret = 'postgres://root:hunter2@10.0.0.7';
const fail = (): never => {
  throw new Error(secret);
};

// RT-SAFE-11
test('what fails inside is told as a failure, and to the observer as what it was', async () => {
  const observed: string[] = [];
  const memory = memoryBroker();
  const broker: Broker = { ...bound(memory), read: async () => fail(), append: async () => fail() };
  const failing = z.unknown().transform(fail);
  const hub = createHub({
    broker,
    channels: defineChannels({
      kept: channel({ events: { said: z.unknown(), failing }, subscribe: 'anyone', publish: 'anyone', send: 'anyone' }),
      ruled: channel({ events: { said: z.unknown() }, subscribe: fail, publish: fail, send: fail }),
    }),
    auth: { tokens: fail },
    observe: (event) => event.type === 'error' && observed.push(String(event.cause)),
  });
  onTestFinished(() => hub.close({ withinMs: 100 }));
  hub.on('kept', 'asked', fail);
  const about = (name: string): readonly object[] => [
    { type: 'history', channel: name },
    { type: 'publish', channel: name, event: 'said', data: 1 },
    { type: 'send', channel: name, event: 'asked', data: 1 },
    { type: 'publish', channel: name, event: 'failing', data: 1 },
  ];
  const frames = [...about('kept'), ...about('ruled')].map((frame, at) => JSON.stringify({ ...frame, id: at + 1 }));
  const posts = [
    { post: new MemoryPost('', frames.join('\n')), user: (): unknown => null },
    { post: new MemoryPost('', '{"type":"connect","id":1,"token":"x"}'), user: (): unknown => null },
    { post: new MemoryPost('', '{"type":"ping","id":1}'), user: fail },
  ];
  for (const { post, user } of posts) await hub.handle(post, user);
  const pages = ['kept', 'ruled'].map((name) => new SimulatedPeer(`channel=${name}`, {}));
  for (const page of pages) await hub.handle(page, () => null);
  const told = [...posts.map(({ post }) => post.body), ...pages.map(({ body }) => body)];
  expect(told[0]?.split('\n').filter((line) => line.includes('"error"'))).toHaveLength(8);
  for (const text of told) {
    expect(text).toContain('"error"');
    expect(text).not.toMatch(/hunter2|10\.0\.0\.7|\bat .*:\d+|node_modules/);
  }
  expect(observed.length).toBeGreaterThanOrEqual(10);
  expect(new Set(observed)).toEqual(new Set([`Error: ${secret}`]));
});

// RT-SAFE-11
test('who names a channel that is not there is not told which are', async () => {
  const { get, post, webSocket, hub } = await serve();
  const told = [
    await (await get('?channel=admin')).text(),
    JSON.stringify(await framesOf(await post('', [{ type: 'history', id: 1, channel: 'admin' }]))),
  ];
  const { webSocket: client, said } = await webSocket();
  client.send('{"type":"connect","id":1,"subscriptions":[{"channel":"admin"}]}');
  told.push(await said('channel_unknown'));
  for (const text of told) {
    expect(text).toContain('channel_unknown');
    expect(text).not.toMatch(/open:|talk|closed/);
  }
  // The app's own code is.
  expect(() => hub.channel('admin' as 'open:1')).toThrow('defined: open:{id}');
});

function bound(broker: Broker): Broker {
  return {
    capabilities: broker.capabilities,
    open: (sink) => broker.open(sink),
    follow: (name, keep) => broker.follow(name, keep),
    unfollow: (name) => broker.unfollow(name),
    append: (name, payload, options) => broker.append(name, payload, options),
    appendAfter: (name, place, payload, options) => broker.appendAfter(name, place, payload, options),
    pass: (name, payload, key) => broker.pass(name, payload, key),
    read: (name, start, limit) => broker.read(name, start, limit),
    close: () => broker.close(),
  };
}
