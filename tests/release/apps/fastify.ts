import { createHub } from '@rt/core';
import { realtime } from '@rt/fastify';
import fastify from 'fastify';
import { channels } from './channels.ts';
import { smoke } from './smoke.ts';

const hub = createHub({ channels });

async function main(): Promise<void> {
  const app = fastify();
  await app.register(realtime, { hub, path: '/rt', user: () => null });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  await smoke({
    url: `${url}/rt`,
    say: (text) => hub.channel('lobby').publish('message', { text }),
    close: () => app.close(),
  });
}

void main();
