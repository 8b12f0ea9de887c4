import { redisBroker } from '@rt/redis';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { MemoryPost } from '../fuzz/memory-post.ts';
import { testHub } from '../support/hub.ts';
import { RedisServer } from '../support/redis-server.ts';

// RT-SAFE-7
test('a session answers only to the user who has opened it, also through another node', async () => {
  const server = await RedisServer.start();
  onTestFinished(() => server.stop());
  const redis = new Redis(server.port);
  onTestFinished(() => redis.disconnect());
  const [one, two] = [0, 1].map(() => testHub({ broker: redisBroker({ redis }) }).hub);
  if (one === undefined || two === undefined) throw new Error('there are two');
  for (const hub of [one, two]) {
    onTestFinished(() => hub.close({ withinMs: 100 }));
    while (!hub.health().ready) await new Promise(setImmediate);
  }
  const opening = new MemoryPost('wait=1', '{"type":"connect","id":1}');
  await one.handle(opening, () => 'ada');
  while (opening.body === '') await new Promise(setImmediate);
  const { session } = JSON.parse(opening.body.split('\n')[0] ?? '') as { readonly session: string };
  const ping = async (user: string | null, id: string): Promise<MemoryPost> => {
    const post = new MemoryPost(`session=${id}`, '{"type":"ping","id":2}');
    await two.handle(post, () => user);
    return post;
  };
  for (const user of ['bob', null]) expect(await ping(user, session)).toMatchObject({ status: 410 });
  // A name that is none of a node leads to nobody, and nowhere else.
  for (const id of [session.slice(1), `../${session}`, `{nodes}.${session}`, session.toUpperCase()]) {
    expect(await ping('ada', id)).toMatchObject({ status: 410 });
  }
  expect(await ping('ada', session)).toMatchObject({ status: 202, body: '{"taken":2}' });
});
