import { redisBroker } from '@rt/redis';
import { within } from '@rt/testkit';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { testHub } from '../support/hub.ts';
import { RedisServer } from '../support/redis-server.ts';
import { SimulatedPeer } from '../support/simulated-peer.ts';

type Client = Parameters<typeof redisBroker>[0]['redis'];

/** Clients as an app would make them: they come back by themselves. */
const clients: readonly (readonly [string, (port: number) => Promise<Client>])[] = [
  [
    'ioredis',
    async (port) => {
      const redis = new Redis({ port, retryStrategy: () => 50, maxRetriesPerRequest: null });
      redis.on('error', () => {});
      onTestFinished(() => redis.disconnect());
      return redis;
    },
  ],
  [
    'redis',
    async (port) => {
      const redis = createClient({ socket: { port, host: '127.0.0.1', reconnectStrategy: () => 50 } });
      redis.on('error', () => {});
      await redis.connect();
      onTestFinished(() => redis.destroy());
      return redis;
    },
  ],
];

/** A node with somebody who reads there. */
async function node(redis: Client) {
  const broker = redisBroker({ redis, checkEveryMs: 300, probeEveryMs: 200 });
  const { hub, observed } = testHub({ broker });
  const peer = new SimulatedPeer('channel=deep:1');
  onTestFinished(async () => {
    peer.leave();
    await hub.close({ withinMs: 500 });
  });
  await hub.handle(peer, () => null);
  let read = (): void => {};
  peer.onWrite = () => read();
  const told = (): readonly (number | string)[] =>
    peer.items.flatMap((item) => {
      if (item.type !== 'event' || item.data === '') return [];
      const data = JSON.parse(item.data) as number & { readonly reason?: string };
      return [item.event === 'rt.gap' ? (data.reason ?? '') : data];
    });
  return {
    hub,
    observed,
    told,
    /** Resolves when the node says so of itself. */
    async ready(is: boolean): Promise<void> {
      const deadline = Date.now() + 10_000;
      while (hub.health().ready !== is) {
        if (Date.now() > deadline) throw new Error(`in 10 s its health did not become ${is}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    async until(number: number): Promise<void> {
      while (!told().includes(number)) {
        await within(
          `${number} after ${told().slice(-3).join()}`,
          new Promise<void>((resolve) => (read = resolve)),
          20_000,
        );
      }
    },
  };
}

type Node = Awaited<ReturnType<typeof node>>;

/** Publishes until it is stored: once, however often it is tried. */
async function store({ hub }: Node, number: number): Promise<void> {
  for (;;) {
    try {
      return void (await hub.channel('deep:1').publish('said', number, { key: `key ${number}` }));
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** What was told between the gaps is without a hole, and nothing is told twice. */
function check(told: readonly (number | string)[]): readonly string[] {
  let before: number | null = null;
  const gaps: string[] = [];
  const seen = new Set<number>();
  for (const one of told) {
    if (typeof one === 'string') {
      gaps.push(one);
      before = null;
      continue;
    }
    if (before !== null) expect(one).toBe(before + 1);
    expect(seen.has(one)).toBe(false);
    seen.add(one);
    before = one;
  }
  return gaps;
}

interface Fault {
  readonly name: string;
  /** `noticed` resolves when all nodes know that they are not ready. */
  run(server: RedisServer, admin: Redis, noticed: () => Promise<unknown>): Promise<unknown>;
  /** The gaps that are told, by their reasons. */
  readonly gaps: readonly string[];
}

const faults: readonly Fault[] = [
  {
    name: 'the connections for pub/sub are killed',
    run: (_, admin) => admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub'),
    gaps: [],
  },
  { name: 'all connections are killed', run: (_, admin) => admin.call('CLIENT', 'KILL', 'TYPE', 'normal'), gaps: [] },
  { name: 'all data is deleted', run: (_, admin) => admin.flushall(), gaps: ['epoch_changed'] },
  {
    name: 'it is killed, and comes back with nothing',
    async run(server, _, noticed) {
      await server.kill();
      await noticed();
      await server.start();
    },
    gaps: ['epoch_changed'],
  },
  {
    name: 'it stands still for a while',
    async run(server, _, noticed) {
      server.signal('SIGSTOP');
      await noticed();
      server.signal('SIGCONT');
    },
    gaps: [],
  },
];

describe.each(clients)('Redis fails, over %s', (_client, connect) => {
  // RT-CLUSTER-1, RT-CLUSTER-3
  test.each(faults)('$name: every node tells all, or one honest gap', async ({ run, gaps }) => {
    const server = await RedisServer.start();
    onTestFinished(() => server.stop());
    const admin = new Redis({ port: server.port, retryStrategy: () => 50 });
    admin.on('error', () => {});
    onTestFinished(() => admin.disconnect());
    const nodes = [await node(await connect(server.port)), await node(await connect(server.port))] as const;
    const [one, other] = nodes;
    for (let n = 1; n <= 20; n += 1) await store(n % 2 === 0 ? one : other, n);
    for (const each of nodes) await each.until(20);
    await Promise.all(nodes.map((each) => each.ready(true)));
    const failing = run(server, admin, () => Promise.all(nodes.map((each) => each.ready(false))));
    for (let n = 21; n <= 40; n += 1) await store(n % 2 === 0 ? one : other, n);
    await failing;
    for (let n = 41; n <= 60; n += 1) await store(n % 2 === 0 ? one : other, n);
    for (const each of nodes) {
      await each.until(60);
      expect(check(each.told())).toEqual(gaps);
      await each.ready(true);
    }
  });

  // RT-CLUSTER-2
  test('what is on its way when the connection is lost is stored once at most, and what was answered is stored', async () => {
    const server = await RedisServer.start();
    onTestFinished(() => server.stop());
    const admin = new Redis({ port: server.port });
    onTestFinished(() => admin.disconnect());
    const { hub } = await node(await connect(server.port));
    const answered: number[] = [];
    for (let burst = 0; burst < 10; burst += 1) {
      const numbers = Array.from({ length: 50 }, (_, n) => burst * 50 + n);
      const publishing = numbers.map(async (n) => {
        // Without a key: nothing but the connection keeps it from being stored twice.
        await hub.channel('deep:1').publish('said', n);
        answered.push(n);
      });
      const settled = Promise.allSettled(publishing);
      await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      await settled;
    }
    const { publications } = await hub.channel('deep:1').history({ last: 1000 });
    const stored = publications.map(({ data }) => data as number);
    expect(new Set(stored).size).toBe(stored.length);
    expect(answered.filter((n) => !stored.includes(n))).toEqual([]);
  });
});
