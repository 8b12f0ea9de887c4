import type { PlaceView, PresenceChange, PresenceSink, PresenceStore } from '@rt/core';
import { redisBroker } from '@rt/redis';
import type { RedisClient } from '@rt/redis';
import type { VirtualClock } from '@rt/testkit';
import { createVirtualClock } from '@rt/testkit';
import { Cluster, Redis } from 'ioredis';
import { eventually } from '../support/eventually.ts';

/** A change, where it was, and on which node it was told. */
export interface Told extends PresenceChange {
  readonly place: string;
  readonly node: number;
}

/** A long time: what is done so rarely does not happen in a test. */
const never = 1e12;

/** A node over a server, whose time passes when the test says so. */
export interface PresenceNode {
  readonly store: PresenceStore;
  readonly clock: VirtualClock;
  /** The places whose log was replaced, and what has gone wrong. */
  readonly replaced: string[];
  readonly troubles: unknown[];
  /** Whether it has been closed. */
  readonly isClosed: boolean;
  /** What it is told takes this long. */
  taking: Promise<void>;
}

/** Nodes that share a server, and the server's time. */
export interface PresenceNodes {
  readonly nodes: readonly PresenceNode[];
  readonly server: VirtualClock;
  readonly told: Told[];
  readonly missed: number[];
  readonly admin: Redis | Cluster;
  /** The keys of the partitions begin so. */
  readonly bases: readonly string[];
  /** Opens them. They listen unless that is not wanted. */
  open(listen?: boolean): Promise<void>;
  /** Lets time pass for the server and for these nodes (for all), in steps, each until all has arrived. */
  pass(ms: number, awake?: readonly PresenceNode[], stepMs?: number): Promise<void>;
  /** Resolves when all that has happened was told and heard. */
  rest(awake?: readonly PresenceNode[]): Promise<void>;
  close(): Promise<void>;
}

/** So many nodes over the server that a client leads to. */
export function presenceNodes(
  count: number,
  { redis, ports, prefix }: { readonly redis: RedisClient; readonly ports: readonly number[]; readonly prefix: string },
): PresenceNodes {
  const server = createVirtualClock();
  const told: Told[] = [];
  const missed: number[] = [];
  const views: Map<string, PlaceView>[] = [];
  const isCluster = ports.length > 1;
  const admin = isCluster ? new Cluster(ports.map((port) => ({ port, host: '127.0.0.1' }))) : new Redis(ports[0] ?? 0);
  admin.on('error', () => {});
  const bases = Array.from({ length: isCluster ? 16 : 1 }, (_, n) => `${prefix}{p${n}}:presence`);
  const nodes = Array.from({ length: count }, () => {
    const clock = createVirtualClock();
    // The clocks leap while the server has no time to answer, which a probe would take for silence.
    const rare = { probeEveryMs: never, checkEveryMs: never };
    const { presence } = redisBroker({ redis, prefix, ...rare, testing: { clock, serverNow: () => server.now() } });
    if (presence === undefined) throw new Error('a broker over Redis has presence');
    const followed = new Map<string, PlaceView>();
    views.push(followed);
    return nodeOf(presence, clock, followed);
  });

  async function isAtRest(awake: readonly PresenceNode[]): Promise<boolean> {
    // Whose node is dead goes with the next tending of another. Who goes is to be told then: that is looked at later.
    const inTime = awake.length === nodes.length;
    const due = await Promise.all(bases.map((base) => admin.zcount(`${base}:due`, '-inf', server.now())));
    if (inTime && due.some((number) => number > 0)) return false;
    const waiting = await Promise.all(bases.map((base) => admin.llen(`${base}:queue`)));
    if (waiting.some((number) => number > 0)) return false;
    for (const [at, node] of nodes.entries()) {
      if (!awake.includes(node) || node.isClosed) continue;
      for (const [place, { log }] of views[at] ?? []) {
        const newest = (await node.store.look(place)).log;
        if (newest.epoch !== log.epoch || newest.top !== log.top) return false;
      }
    }
    return true;
  }

  const all: PresenceNodes = {
    nodes,
    server,
    told,
    missed,
    admin,
    bases,
    async open(listen = true) {
      for (const [at, node] of nodes.entries()) {
        await node.store.open(sinkOf(at, node, told, missed));
        if (listen) await node.store.listen();
      }
    },
    async pass(ms, awake = nodes, stepMs = ms) {
      let leftMs = ms;
      do {
        const byMs = Math.min(stepMs, leftMs);
        server.advance(byMs);
        for (const { clock } of awake) clock.advance(byMs);
        await all.rest(awake);
        leftMs -= byMs;
      } while (leftMs > 0);
    },
    async rest(awake = nodes) {
      // Mostly it takes a few questions: each is a way to the server and back.
      for (let asked = 0; asked < 10; asked += 1) {
        for (const { clock } of awake) clock.advance(0);
        if (awake.some(({ isClosed }) => !isClosed) && (await isAtRest(awake))) return;
      }
      await eventually('all has come to rest', async () => {
        // Nobody is there to tell the rest.
        if (awake.every(({ isClosed }) => isClosed)) return true;
        for (const { clock } of awake) clock.advance(0);
        return isAtRest(awake);
      });
    },
    async close() {
      for (const { store } of nodes) await store.close();
      admin.disconnect();
    },
  };
  return all;
}

function nodeOf(inner: PresenceStore, clock: VirtualClock, followed: Map<string, PlaceView>): PresenceNode {
  let isClosed = false;
  const store: PresenceStore = {
    open: (sink) => inner.open(sink),
    listen: () => inner.listen(),
    enter: (...entering) => inner.enter(...entering),
    leave: (...leaving) => inner.leave(...leaving),
    expel: (...expelling) => inner.expel(...expelling),
    look: (place) => inner.look(place),
    close: () => {
      isClosed = true;
      return inner.close();
    },
    async follow(place) {
      const view = await inner.follow(place);
      followed.set(place, view);
      return view;
    },
    unfollow(place) {
      followed.delete(place);
      return inner.unfollow(place);
    },
  };
  return {
    store,
    clock,
    replaced: [],
    troubles: [],
    taking: Promise.resolve(),
    get isClosed() {
      return isClosed;
    },
  };
}

function sinkOf(at: number, node: PresenceNode, told: Told[], missed: number[]): PresenceSink {
  return {
    grown: () => {},
    replaced: (place) => void node.replaced.push(place),
    async changed(place, change) {
      told.push({ ...change, place, node: at });
      await node.taking;
    },
    missed: (number) => void missed.push(number),
    troubled: (cause) => void node.troubles.push(cause),
  };
}

/** Nodes as one store: each connection is at one of them, and of two calls the second waits for the first. */
export function spread(all: PresenceNodes): PresenceStore {
  const { nodes } = all;
  let last: Promise<unknown> = Promise.resolve();
  const inOrder = async <Result>(run: () => Promise<Result>): Promise<Result> => {
    const result = last.then(run, run);
    last = result.catch(() => {});
    return result;
  };
  const of = (text: string): PresenceStore => {
    let sum = 0;
    for (let at = 0; at < text.length; at += 1) sum += text.charCodeAt(at);
    const node = nodes[sum % nodes.length];
    if (node === undefined) throw new Error('there are nodes');
    return node.store;
  };
  const each = async (run: (store: PresenceStore) => Promise<void>): Promise<void> => {
    await Promise.all(nodes.map(({ store }) => run(store)));
  };
  return {
    open: (sink) => each((store) => store.open(sink)),
    listen: () => each((store) => store.listen()),
    enter: (place, attendant, state) => inOrder(() => of(attendant.holder).enter(place, attendant, state)),
    leave: (place, attendant, afterMs) => inOrder(() => of(attendant.holder).leave(place, attendant, afterMs)),
    expel: (user, place) => inOrder(() => of(user).expel(user, place)),
    follow: (place) => inOrder(() => of(place).follow(place)),
    unfollow: (place) => inOrder(() => of(place).unfollow(place)),
    look: (place) => inOrder(() => of(`${place}!`).look(place)),
    close: () => each((store) => store.close()),
  };
}
