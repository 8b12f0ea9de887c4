import { openOverWebSocket, rawRequest } from '@rt/testkit';
import express from 'express';
import { afterEach, describe, expect, test } from 'vitest';
import { mountExpress } from '../hosts/mounts/express.ts';
import { mountFastify } from '../hosts/mounts/fastify.ts';
import { mountKoa } from '../hosts/mounts/koa.ts';
import { mountNodeHttp } from '../hosts/mounts/node-http.ts';
import type { Mount } from '../hosts/suite/rig.ts';
import { testHub } from '../support/hub.ts';
import type { CountedWrite } from './counted-writes.ts';
import { countBuffers, countWrites } from './counted-writes.ts';

const mounts: readonly (readonly [name: string, mount: Mount])[] = [
  ['node:http', mountNodeHttp],
  ['Express', mountExpress(express)],
  ['Fastify', mountFastify()],
  ['Koa', mountKoa('router')],
];

const readers = 40;
const text = 'x'.repeat(128);
let stop = async (): Promise<void> => {};

afterEach(async () => stop());

async function served(mount: Mount) {
  const { hub } = testHub({ heartbeat: false });
  let writes: CountedWrite[] = [];
  const { port, close } = await mount(hub, {
    prepare(server) {
      writes = countWrites(server);
    },
  });
  stop = async () => void (await Promise.all([hub.close({ withinMs: 500 }), close()]));
  return { hub, port, writes };
}

type Hub = Awaited<ReturnType<typeof served>>['hub'];

/** Publishes so often to each channel, all in one turn. */
function publish(hub: Hub, channels: readonly `deep:${string}`[], times: number): void {
  for (const channel of channels) {
    for (let n = 0; n < times; n += 1) void hub.channel(channel).publish('said', text);
  }
}

async function sessions(port: number, channels: readonly string[]) {
  const subscriptions = channels.map((channel) => ({ channel }));
  const opened = await Promise.all(
    Array.from({ length: readers }, async () => {
      const answer = await openOverWebSocket({ port, connect: { type: 'connect', id: 1, subscriptions } });
      if (answer.type === 'refused') throw new Error(answer.error.code);
      for (const { channel } of subscriptions)
        await answer.client.next('subscribed', (frame) => frame.channel === channel);
      return answer.client;
    }),
  );
  return {
    /** Resolves when each has come to an offset in all channels. */
    async reach(offset: number): Promise<void> {
      for (const client of opened) {
        for (const channel of channels) {
          const is = (frame: { readonly channel: string; readonly position: string }): boolean =>
            frame.channel === channel && frame.position.endsWith(`.${offset}`);
          await client.next('publications', is);
        }
      }
    },
  };
}

/** The bytes that went to the connections of some writes from here on. */
function bytesFrom(writes: readonly CountedWrite[]): () => number {
  const sockets = [...new Set(writes.map(({ socket }) => socket))];
  const sum = (): number => sockets.reduce((all, { bytesWritten }) => all + bytesWritten, 0);
  const before = sum();
  return () => sum() - before;
}

describe.each(mounts)('behind %s', (_name, mount) => {
  // RT-COST-1
  test('a publication is one write for each WebSocket, of a buffer that is built once', async () => {
    const { hub, port, writes } = await served(mount);
    const { reach } = await sessions(port, ['deep:1']);
    const bytes = bytesFrom(writes);
    writes.length = 0;
    publish(hub, ['deep:1'], 1);
    await reach(1);
    expect(writes).toHaveLength(readers);
    expect(countBuffers(writes)).toBe(1);
    const { epoch } = /^(?<epoch>\w+)\./.exec(await hub.channel('deep:1').position())?.groups ?? {};
    const frame = { type: 'publications', channel: 'deep:1', position: `${epoch}.1` };
    const line = JSON.stringify({ ...frame, publications: [{ offset: 1, event: 'said', data: text }] });
    // A line feed ends the line, and the head of a WebSocket frame of this length has four bytes.
    expect(bytes() / readers).toBe(line.length + 1 + 4);
  });

  // RT-COST-1
  test('all publications of a turn are one write for each WebSocket, of a buffer that is built once', async () => {
    const { hub, port, writes } = await served(mount);
    const { reach } = await sessions(port, ['deep:1']);
    writes.length = 0;
    publish(hub, ['deep:1'], 20);
    await reach(20);
    expect(writes).toHaveLength(readers);
    expect(countBuffers(writes)).toBe(1);
  });

  // RT-COST-1
  test('publications of ten channels are one write for each WebSocket, of a buffer that is joined once', async () => {
    const { hub, port, writes } = await served(mount);
    const channels = Array.from({ length: 10 }, (_, n) => `deep:${n}` as const);
    const { reach } = await sessions(port, channels);
    writes.length = 0;
    publish(hub, channels, 2);
    await reach(2);
    expect(writes).toHaveLength(readers);
    // The longest fan-out goes before the others or after them.
    expect(countBuffers(writes)).toBeLessThanOrEqual(2);
  });

  // RT-COST-1
  test('all publications of a turn are one write for each event stream, of a chunk that is built once', async () => {
    const { hub, port, writes } = await served(mount);
    const request = { port, path: '/rt?channel=deep:1', headers: { Accept: 'text/event-stream' } };
    const streams = await Promise.all(Array.from({ length: readers }, () => rawRequest(request)));
    await Promise.all(streams.map((stream) => stream.next(({ type }) => type === 'id')));
    const bytes = bytesFrom(writes);
    writes.length = 0;
    publish(hub, ['deep:1'], 20);
    for (const stream of streams) await stream.events(20);
    expect(writes).toHaveLength(readers);
    expect(countBuffers(writes)).toBe(1);
    const position = await hub.channel('deep:1').position();
    const blocks = Array.from({ length: 20 }, (_, n) => {
      const id = position.replace(/\d+$/, String(n + 1));
      return `id: ${id}\nevent: said\ndata: "${text}"\n\n`;
    });
    const { length } = blocks.join('');
    expect(bytes() / readers).toBe(length + length.toString(16).length + 4);
  });
});
