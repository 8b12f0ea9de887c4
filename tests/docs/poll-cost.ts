// What a poll costs the server: `node tests/docs/poll-cost.ts` writes docs/calculator/polls.ts.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpus } from 'node:os';
import { channel, createHub, defineChannels } from '@rt/core';
import { realtime } from '@rt/express-sse';
import express from 'express';
import { z } from 'zod';

const payloadBytes = 128;
const publications = 100;
const seconds = 4;

if (process.send === undefined) await measure();
else await serve(process.send.bind(process));

/** The process that is measured: an app with one channel, which says its CPU when it is asked. */
async function serve(tell: (message: unknown) => boolean): Promise<void> {
  const channels = defineChannels({
    feed: channel({ events: { said: z.string() }, keep: { count: 1000 }, subscribe: 'anyone' }),
  });
  const hub = createHub({ channels });
  const server = express()
    .use('/rt', realtime(hub, { user: () => null }))
    .listen(0, '127.0.0.1');
  const text = 'x'.repeat(payloadBytes - 2);
  await once(server, 'listening');
  const published = Array.from({ length: publications }, () => hub.channel('feed').publish('said', text));
  tell({ port: (server.address() as AddressInfo).port, newest: (await Promise.all(published)).at(-1) });
  process.on('message', () => tell(process.cpuUsage()));
  process.on('disconnect', () => process.exit());
}

interface Poll {
  readonly us: number;
  readonly bytes: number;
}

async function measure(): Promise<void> {
  const child = fork(import.meta.filename);
  const [{ port, newest }] = (await once(child, 'message')) as [{ port: number; newest: string }];
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });

  async function cpuUs(): Promise<number> {
    child.send('cpu');
    const [{ user, system }] = (await once(child, 'message')) as [NodeJS.CpuUsage];
    return user + system;
  }

  function ask(path: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const asked = request({ port, path, agent, headers: { accept: 'application/json' } }, (response) => {
        const head = response.rawHeaders.join('').length + response.rawHeaders.length * 2 + 19;
        let body = 0;
        response.on('data', (chunk: Buffer) => (body += chunk.length)).on('end', () => resolve(head + body));
      });
      asked.on('error', reject).end();
    });
  }

  /** Sixteen clients that ask as fast as they can. */
  async function cost(path: string): Promise<Poll> {
    const until = async (endAt: number): Promise<readonly number[]> => {
      const sizes: number[] = [];
      const one = async (): Promise<void> => {
        while (performance.now() < endAt) sizes.push(await ask(path));
      };
      await Promise.all(Array.from({ length: 16 }, one));
      return sizes;
    };
    await until(performance.now() + 1000);
    const before = await cpuUs();
    const sizes = await until(performance.now() + seconds * 1000);
    return { us: ((await cpuUs()) - before) / sizes.length, bytes: sizes[0] ?? 0 };
  }

  const empty = await cost(`/rt?channel=feed&after=${newest}`);
  const full = await cost(`/rt?channel=feed&after=start&limit=${publications}`);
  child.disconnect();
  agent.destroy();
  const machine = `${cpus().length} cores of an ${cpus()[0]?.model.replace(/ Processor$/, '') ?? '?'}, Node ${process.versions.node}`;
  const text = `// Written by \`node tests/docs/poll-cost.ts\`.
import type { Polls } from './measured-shape.ts';

export const polls: Polls = {
  pollsBy: {
    command: 'node tests/docs/poll-cost.ts',
    measuredOn: '${new Date().toISOString().slice(0, 10)}',
    machine: '${machine}',
    rounds: 1,
  },
  poll: {
    requestUs: ${Math.round(empty.us)},
    publicationUs: ${Number(((full.us - empty.us) / publications).toPrecision(2))},
    answerBytes: ${empty.bytes},
    publicationBytes: ${Math.round((full.bytes - empty.bytes) / publications - payloadBytes)},
  },
};
`;
  writeFileSync(new URL('../../docs/calculator/polls.ts', import.meta.url), text);
  console.log(text);
}
