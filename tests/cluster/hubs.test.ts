import { redisBroker } from '@rt/redis';
import { within } from '@rt/testkit';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { TestHub } from '../support/hub.ts';
import { MemoryPost } from '../fuzz/memory-post.ts';
import { testHub } from '../support/hub.ts';
import { redisOfFile } from '../support/redis-of-file.ts';
import { SimulatedPeer } from '../support/simulated-peer.ts';
import { SimulatedSession } from '../support/simulated-session.ts';

const redisNow = redisOfFile();
let clusters = 0;

/** So many nodes over one server. */
async function nodes(count: number): Promise<readonly TestHub[]> {
  clusters += 1;
  const prefix = `hubs ${clusters}:`;
  const all = Array.from({ length: count }, () => testHub({ broker: redisBroker({ redis: redisNow(), prefix }) }));
  for (const { hub } of all) {
    onTestFinished(() => hub.close({ withinMs: 100 }));
    while (!hub.health().ready) await new Promise(setImmediate);
  }
  // Each knows of the others once it has asked.
  for (const { hub } of all) expect(await hub.connections()).toMatchObject({ nodes: count, answered: count });
  return all;
}

/** A session that has subscribed. */
async function session({ hub }: TestHub, user: string, channel: string): Promise<SimulatedSession> {
  const opened = await SimulatedSession.open(hub, user);
  const subscribed = new Promise<void>((resolve) => {
    opened.onFrame = ({ type }) => type === 'subscribed' && resolve();
  });
  opened.send({ type: 'subscribe', channel });
  await within('the subscription', subscribed);
  return opened;
}

describe('what is said to one node', () => {
  // RT-CLUSTER-7
  test('disconnect: ends what the user has on every node, and says how many it has reached', async () => {
    const [one, two, three] = await nodes(3);
    if (one === undefined || two === undefined || three === undefined) throw new Error('there are three');
    const adas = [await session(one, 'ada', 'open:1'), await session(two, 'ada', 'open:1')];
    const plain = new SimulatedPeer('channel=open:1');
    await three.hub.handle(plain, () => 'ada');
    const bob = await session(two, 'bob', 'open:1');
    expect(await one.hub.disconnect({ user: 'ada' })).toEqual({ nodes: 3, answered: 3 });
    expect(adas.map(({ frames }) => frames.at(-1)?.type)).toEqual(['bye', 'bye']);
    expect(plain.items.at(-1)).toMatchObject({ event: 'rt.bye' });
    expect(bob.closed).toBe(false);
    bob.leave();
  });

  // RT-CLUSTER-7
  test('revoke: takes the channel back on every node, and nothing else', async () => {
    const [one, two] = await nodes(2);
    if (one === undefined || two === undefined) throw new Error('there are two');
    const ada = await session(two, 'ada', 'own:ada');
    expect(await one.hub.revoke({ user: 'ada', channel: 'own:ada' })).toEqual({ nodes: 2, answered: 2 });
    expect(ada.frames.at(-1)).toMatchObject({
      type: 'unsubscribed',
      channel: 'own:ada',
      error: { code: 'permission_revoked' },
    });
    expect(ada.closed).toBe(false);
    ada.leave();
  });

  // RT-CLUSTER-8
  test('connections: are counted over all nodes, those of a user, and those that read a channel', async () => {
    const [one, two] = await nodes(2);
    if (one === undefined || two === undefined) throw new Error('there are two');
    const open = [
      await session(one, 'ada', 'open:1'),
      await session(two, 'ada', 'open:2'),
      await session(two, 'bob', 'open:1'),
    ];
    const peer = new SimulatedPeer('channel=open:1');
    await two.hub.handle(peer, () => 'ada');
    const all = { nodes: 2, answered: 2 };
    expect(await one.hub.connections()).toEqual({ connections: 4, ...all });
    expect(await one.hub.connections({ user: 'ada' })).toEqual({ connections: 3, ...all });
    expect(await two.hub.connections({ channel: 'open:1' })).toEqual({ connections: 3, ...all });
    expect(await two.hub.connections({ user: 'ada', channel: 'open:1' })).toEqual({ connections: 2, ...all });
    for (const each of open) each.leave();
    peer.leave();
  });

  // RT-CLUSTER-8
  test('where a node does not answer in time, the answer says so', async () => {
    const [one, two] = await nodes(2);
    if (one === undefined || two === undefined) throw new Error('there are two');
    const peer = await session(two, 'ada', 'open:1');
    // A node that still says of itself that it lives, and does not hear what it is told.
    const key = `hubs ${clusters}:{nodes}`;
    await redisNow().zadd(key, Date.now() + 60_000, 'deaf');
    expect(await one.hub.connections()).toEqual({ connections: 1, nodes: 3, answered: 2 });
    peer.leave();
  });

  // RT-CLUSTER-5
  test('a node that closes answers the polls that it has handed on, and the session goes on through another', async () => {
    const [one, two, three] = await nodes(3);
    if (one === undefined || two === undefined || three === undefined) throw new Error('there are three');
    const posted = (hub: TestHub['hub'], query: string, body = ''): MemoryPost => {
      const exchange = new MemoryPost(query, body);
      void hub.handle(exchange, () => 'ada');
      return exchange;
    };
    const opening = posted(one.hub, 'wait=5', '{"type":"connect","id":1}');
    await within('the session', opening.replied);
    const { session } = JSON.parse(opening.body.split('\n')[0] ?? '') as { readonly session: string };
    const first = posted(two.hub, `session=${session}&wait=25&poll=1`);
    // Questions arrive in their order: by then the other node waits for the poll.
    await within('the ping', posted(two.hub, `session=${session}`, '{"type":"ping","id":2}').replied);
    await within('the pong', first.replied);
    const next = posted(two.hub, `session=${session}&wait=25&poll=2`);
    await within('an empty request', posted(two.hub, `session=${session}`).replied);
    await within('the close', two.hub.close({ withinMs: 8000 }), 4000);
    expect([first.body.includes('"pong"'), next.status, next.body]).toEqual([true, 200, '']);
    const last = posted(three.hub, `session=${session}&wait=25&poll=3`, '{"type":"ping","id":3}');
    await within('the pong', last.replied);
    expect([last.status, last.body.includes('"pong"')]).toEqual([200, true]);
  });
});
