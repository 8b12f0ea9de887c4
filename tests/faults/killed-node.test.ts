import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createHub } from '@rt/core';
import { redisBroker } from '@rt/redis';
import { within } from '@rt/testkit';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { RedisServer } from '../support/redis-server.ts';
import { channels } from './room-channels.ts';

// RT-REDIS-5
test('nodes that are killed leave no member behind for longer than 20 s, and nothing of the others', async () => {
  const server = await RedisServer.start();
  const redis = new Redis(server.port);
  const hub = createHub({ channels, broker: redisBroker({ redis }) });
  onTestFinished(async () => {
    await hub.close({ withinMs: 200 });
    redis.disconnect();
    await server.stop();
  });
  const start = async (name: string) => {
    const child = fork(new URL('room-node.ts', import.meta.url), [String(server.port), name, '20']);
    onTestFinished(() => void child.kill('SIGKILL'));
    await within('the node to begin', once(child, 'message'));
    return child;
  };
  const [first, second] = [await start('first'), await start('second'), await start('third')];
  const count = async () => (await hub.channel('room:1').members()).count;
  await eventually('all are there', async () => (await count()) === 60);
  for (const child of [first, second]) child.kill('SIGKILL');
  await eventually('the killed are gone', async () => (await count()) === 20, 20_000);
  const { members } = await hub.channel('room:1').members();
  expect(members.map(({ user }) => user).filter((user) => !user.startsWith('third'))).toEqual([]);
}, 60_000);
