import { seededRandom } from '@rt/testkit';
import { Redis } from 'ioredis';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { RedisServer } from '../support/redis-server.ts';
import { Book } from './book.ts';
import { rooms } from './channels.ts';
import type { Inventory, Margin } from './inventory.ts';
import { mostOf, notBack, takeInventory } from './inventory.ts';
import { NodeProcess } from './node-process.ts';
import type { Traffic } from './node-words.ts';
import { Phase } from './phase.ts';
import { pause } from './stage.ts';

export interface SoakOptions {
  readonly seed: number;
  /** Nodes that stay; one more comes and goes. */
  readonly nodes: number;
  /** How many clients there are at a time. */
  readonly lives: number;
  readonly warmUpMs: number;
  readonly runMs: number;
  readonly sampleEveryMs: number;
  readonly margin: Margin;
  readonly progress: (line: string) => void;
}

/** What a process had at a moment. */
export interface Sample {
  readonly atS: number;
  readonly process: string;
  readonly inventory: Inventory;
  readonly traffic: Traffic | null;
}

export interface ProcessVerdict {
  readonly process: string;
  readonly start: Inventory;
  readonly end: Inventory;
  readonly notBack: readonly string[];
}

export interface Outcome {
  readonly book: Pick<Book, 'wrongs' | 'examples' | 'failures'>;
  readonly stored: number;
  readonly told: number;
  readonly did: ReadonlyMap<string, number>;
  readonly samples: readonly Sample[];
  readonly verdicts: readonly ProcessVerdict[];
  readonly mostBehind: number;
  readonly keys: { readonly start: number; readonly end: number };
}

const driver = 'the clients';
/** Until all that ends by time has ended: graces, leases, what lingers. */
const quietWithinMs = 90_000;

/** Nodes over one Redis, all in processes of their own, and clients in this one. */
class Soak {
  readonly #options: SoakOptions;
  readonly #redisServer: RedisServer;
  readonly #redis: Redis;
  readonly #nodes: readonly NodeProcess[];
  readonly #random: () => number;

  constructor(options: SoakOptions, redisServer: RedisServer, nodes: readonly NodeProcess[]) {
    this.#options = options;
    this.#redisServer = redisServer;
    this.#redis = new Redis(redisServer.port, '127.0.0.1');
    this.#nodes = nodes;
    this.#random = seededRandom(options.seed);
  }

  async run(): Promise<Outcome> {
    const { runMs, warmUpMs, progress } = this.#options;
    progress('warming up');
    const warmUp = new Book(progress);
    await this.#phase('w', warmUp, warmUpMs).play();
    const starts = await this.#quietStart(warmUp);
    const keysAtStart = (await this.#keysLeft(0, null)).length;
    progress('everybody has gone: this is what all have to come back to');
    const book = new Book(progress);
    const phase = this.#phase('r', book, runMs);
    const samples: Sample[] = [];
    const watching = this.#watch(phase, book, samples);
    await phase.play();
    watching.stop();
    const { stored, told } = book;
    book.forget();
    phase.attendance.gone.clear();
    progress('everybody has gone');
    await watching.stopped;
    await this.#quiet(book);
    const verdicts = await this.#verdicts(starts, book);
    const keys = await this.#keysLeft(keysAtStart, book);
    // What was wrong while it warmed up is wrong too.
    for (const example of warmUp.examples) book.examples.push(example);
    for (const node of this.#nodes) {
      await node.stop('SIGTERM').catch((cause: unknown) => book.note('not back', String(cause)));
    }
    return {
      book: { wrongs: book.wrongs, examples: book.examples, failures: book.failures + warmUp.failures },
      stored,
      told,
      did: phase.did.counts,
      samples,
      verdicts,
      mostBehind: watching.mostBehind(),
      keys: { start: keysAtStart, end: keys.length },
    };
  }

  async end(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.stop('SIGKILL')));
    this.#redis.disconnect();
    await this.#redisServer.stop();
  }

  #phase(name: string, book: Book, forMs: number): Phase {
    const { lives } = this.#options;
    const guest = this.#nodes.at(-1) as NodeProcess;
    // Within the shortest phase the guest goes twice, in both ways.
    const guestEveryMs = Math.min(30_000, forMs / 4);
    return new Phase({ name, book, random: this.#random, nodes: this.#nodes, guest, lives, forMs, guestEveryMs });
  }

  /** Nobody is there any more, on any node. */
  async #quiet(book: Book): Promise<void> {
    for (const node of this.#nodes) {
      let told = '';
      const isQuiet = async (): Promise<boolean> => {
        const members = Object.values(await node.ask({ type: 'members', rooms })).flat();
        const { counts } = (await node.ask({ type: 'inventory' })).inventory;
        told = `members: ${members.join(' ')}, connections: ${counts['connections']}`;
        return members.length === 0 && counts['connections'] === 0;
      };
      await eventually('it is quiet', isQuiet, quietWithinMs).catch(() =>
        book.note('ghost', `nobody is there any more, and ${node.options.name} says ${told}`),
      );
    }
  }

  async #inventories(): Promise<ReadonlyMap<string, { inventory: Inventory; traffic: Traffic | null }>> {
    const all = new Map<string, { inventory: Inventory; traffic: Traffic | null }>();
    for (const node of this.#nodes.filter(({ runs }) => runs)) {
      const told = await node.ask({ type: 'inventory' }).catch(() => null);
      if (told !== null) all.set(node.options.name, told);
    }
    all.set(driver, { inventory: await takeInventory(), traffic: null });
    return all;
  }

  /** What each process holds when all have gone: the most of a few looks, for what comes and goes by itself. */
  async #quietStart(book: Book): Promise<ReadonlyMap<string, Inventory>> {
    book.forget();
    await this.#quiet(book);
    const looks = new Map<string, Inventory[]>();
    for (let look = 0; look < 5; look += 1) {
      for (const [name, { inventory }] of await this.#inventories()) {
        looks.set(name, [...(looks.get(name) ?? []), inventory]);
      }
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    return new Map([...looks].map(([name, inventories]) => [name, mostOf(inventories)]));
  }

  async #verdicts(starts: ReadonlyMap<string, Inventory>, book: Book): Promise<readonly ProcessVerdict[]> {
    const first = starts.get(this.#nodes[0]?.options.name ?? '');
    let verdicts: readonly ProcessVerdict[] = [];
    const look = async (): Promise<boolean> => {
      verdicts = [...(await this.#inventories())].map(([name, { inventory: end }]) => {
        const own = starts.get(name) ?? end;
        // The guest has begun anew, and is compared with a node of its host that had come to be warm.
        const isGuest = name === this.#nodes.at(-1)?.options.name;
        const start = isGuest && first !== undefined ? { ...mostOf([own, first]), counts: own.counts } : own;
        return { process: name, start, end, notBack: notBack(start, end, this.#options.margin) };
      });
      return verdicts.every((one) => one.notBack.length === 0);
    };
    await eventually('everything is back', look, quietWithinMs).catch(() => {
      for (const { process, notBack: wrong } of verdicts)
        for (const what of wrong) book.note('not back', `${process}: ${what}`);
    });
    return verdicts;
  }

  /** Keys that do not go by themselves, when no more of them are gone than so many, or none for a while. */
  async #keysLeft(wanted: number, book: Book | null): Promise<readonly string[]> {
    let keys: readonly string[] = [];
    const gone = async (): Promise<boolean> => (keys = await this.#keysThatStay()).length <= wanted;
    await eventually('the keys are gone', gone, book === null ? 15_000 : quietWithinMs).catch(() =>
      book?.note('not back', `keys of Redis that stay: ${keys.join(', ')}`),
    );
    return keys;
  }

  async #keysThatStay(): Promise<readonly string[]> {
    const keys = await this.#redis.keys('*');
    const left = await Promise.all(keys.map(async (key) => [key, await this.#redis.pttl(key)] as const));
    return left.filter(([, leftMs]) => leftMs === -1).map(([key]) => key);
  }

  /** Looks at everything now and then. */
  #watch(phase: Phase, book: Book, samples: Sample[]) {
    const startedMs = Date.now();
    const stop = new AbortController();
    let mostBehind = 0;
    let sampledMs = 0;
    const look = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        const atS = (Date.now() - startedMs) / 1000;
        const all = await this.#inventories();
        const behind = [...all.values()].reduce((sum, { traffic }) => sum + (traffic?.behind ?? 0), 0);
        mostBehind = Math.max(mostBehind, behind);
        const open = [...all.values()].reduce((sum, { inventory }) => sum + (inventory.counts['connections'] ?? 0), 0);
        this.#options.progress(
          `${atS.toFixed(0)} s: ${open} connections, ${book.stored} stored, ${book.told} told, ${behind} behind, ${book.failures} wrong`,
        );
        if (Date.now() - sampledMs >= this.#options.sampleEveryMs) {
          sampledMs = Date.now();
          for (const [name, one] of all) samples.push({ atS, process: name, ...one });
          await phase.checkGhosts();
        }
        await pause(10_000, stop.signal);
      }
    };
    return { stop: () => stop.abort(), stopped: look(), mostBehind: () => mostBehind };
  }
}

/** Plays it to its end. What goes wrong is in the outcome. */
export async function soak(options: SoakOptions): Promise<Outcome> {
  const redisServer = await RedisServer.start();
  const nodes: NodeProcess[] = [];
  for (let n = 0; n <= options.nodes; n += 1) {
    const isGuest = n === options.nodes;
    const host = n % 2 === 0 || isGuest ? 'Express' : 'Fastify';
    const name = `${isGuest ? 'guest' : `node ${n + 1}`} (${host})`;
    nodes.push(new NodeProcess({ name, host, port: await freePort(), redisPort: redisServer.port }));
  }
  const played = new Soak(options, redisServer, nodes);
  try {
    await Promise.all(nodes.map((node) => node.start()));
    return await played.run();
  } finally {
    await played.end();
  }
}
