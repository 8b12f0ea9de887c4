import type { Hub, Random } from '@rt/core';
import { channel, createHub, defineChannels } from '@rt/core';
import { redisBroker } from '@rt/redis';
import { within } from '@rt/testkit';
import { z } from 'zod';
import { eventually } from '../support/eventually.ts';
import type { AppClient, Connect } from '../support/redis-clients.ts';
import type { Verdict } from './fault-reader.ts';
import { FaultReader, verdictOf } from './fault-reader.ts';

/** What a fault may look at while it happens. */
export interface Witness {
  readonly random: Random;
  /** Resolves when all nodes have said that they are not ready. */
  noticed(): Promise<void>;
  /** Resolves when so many more have been stored. */
  stored(count: number): Promise<void>;
  /** The number that was stored last. */
  last(): number;
}

/** Servers to which something happens. */
export interface Trouble {
  /** Where an app's client begins. */
  readonly ports: readonly number[];
  happen(witness: Witness): Promise<void>;
  stop(): Promise<void>;
}

/** Something that may happen to Redis. */
export interface Fault {
  readonly name: string;
  readonly clients: readonly (readonly [name: string, connect: Connect])[];
  prepare(): Promise<Trouble>;
  /** What a reader may be told of gaps: one of these. */
  readonly gaps: readonly (readonly string[])[];
}

/** What a round has come to. */
export interface Outcome {
  /** Of each reader. */
  readonly verdicts: readonly Verdict[];
  /** The longest time in which nothing was stored. */
  readonly outageMs: number;
  /** How many of those that were answered the log of record does not hold any more. */
  readonly forgotten: number;
  /** Whether both nodes hold the very same log. */
  readonly agree: boolean;
}

export const channels = defineChannels({
  'log:{id}': channel({ events: { said: z.number() }, keep: { count: 20_000, forMs: 3_600_000 }, subscribe: 'anyone' }),
});

function nodeOf({ redis }: AppClient) {
  return createHub({ channels, broker: redisBroker({ redis, checkEveryMs: 1000, probeEveryMs: 200 }), observe() {} });
}

type Node = ReturnType<typeof nodeOf>;

/** One fault, with two nodes, a reader who stays at each, one who goes from one to the other, and somebody who publishes. */
export async function playRound(fault: Fault, connect: Connect, random: Random): Promise<Outcome> {
  const trouble = await fault.prepare();
  const apps = [await connect(...trouble.ports), await connect(...trouble.ports)];
  const hubs = apps.map(nodeOf);
  const [first, second] = hubs as [Node, Node];
  const readers = [new FaultReader('log:1'), new FaultReader('log:1'), new FaultReader('log:1')] as const;
  const rover = readers[2];
  let stored = 0;
  let tried = 0;
  let lastAt = performance.now();
  let outageMs = 0;
  let ended = false;
  async function publish(): Promise<void> {
    while (!ended) {
      const number = (tried += 1);
      for (let isStored = false; !isStored;) {
        const hub = random() < 0.5 ? first : second;
        // Of one that was given up in between it is not known whether it was stored: it is said again by its key.
        isStored = await hub
          .channel('log:1')
          .publish('said', number, { key: `${number}` })
          .then(
            () => true,
            () => false,
          );
        if (!isStored) await new Promise((resolve) => setTimeout(resolve, 10));
      }
      stored = number;
      outageMs = Math.max(outageMs, performance.now() - lastAt);
      lastAt = performance.now();
      await new Promise((resolve) => setTimeout(resolve, random() * 4));
    }
  }
  const moreStored = async (count: number): Promise<void> => {
    const until = stored + count;
    await eventually(`number ${until} is stored`, () => stored >= until, 30_000);
  };
  const allReady = (): Promise<void> => eventually('all nodes are ready', () => hubs.every(isReady), 30_000);
  let publishing = Promise.resolve();
  try {
    await allReady();
    for (const [at, reader] of readers.entries()) await reader.goTo(at === 1 ? second : first);
    publishing = publish();
    await moreStored(10 + Math.floor(random() * 20));
    const noticed = (): Promise<void> => {
      const unaware = new Set(hubs);
      return eventually('all nodes know that they are not ready', () => {
        for (const hub of unaware) if (!isReady(hub)) unaware.delete(hub);
        return unaware.size === 0;
      });
    };
    const happening = trouble.happen({ random, noticed, stored: moreStored, last: () => stored });
    const roving = rover.goTo(second);
    await within('the fault to be over', Promise.all([happening, roving]), 60_000);
    await allReady();
    await moreStored(20);
    ended = true;
    await within('the last one to be stored', publishing, 30_000);
    await eventually('all readers are told the last one', () => readers.every(({ told }) => told.at(-1) === tried));
    const record = await recordOf(first);
    return {
      verdicts: readers.map(({ told }) => verdictOf(told, record)),
      outageMs,
      forgotten: tried - record.filter(Number.isInteger).length,
      agree: JSON.stringify(record) === JSON.stringify(await recordOf(second)),
    };
  } finally {
    ended = true;
    for (const reader of readers) reader.leave();
    await Promise.all(hubs.map((hub) => hub.close({ withinMs: 200 }).catch(() => {})));
    for (const app of apps) app.close();
    await trouble.stop();
  }
}

function isReady(hub: Pick<Hub, 'health'>): boolean {
  return hub.health().ready;
}

async function recordOf(hub: Node): Promise<readonly number[]> {
  const { publications } = await hub.channel('log:1').history({ last: 20_000 });
  return publications.map(({ data }) => data as number);
}
