import { performance } from 'node:perf_hooks';
import type { Contestant } from './contestant.ts';
import { oldNode } from './node-20.ts';
import { Process } from './process.ts';
import type {
  Collect,
  Counts,
  FromLoad,
  FromServer,
  Group,
  Opening,
  Sample,
  Seen,
  Setup,
  ToLoad,
  ToServer,
  Traffic,
} from './traffic.ts';

const serverCore = 0;
export const loadCore = 1;

export type Server = Process<ToServer, FromServer>;

/** A server in its process. */
export async function startServer({ file, old }: Contestant, setup: Setup): Promise<{ server: Server; port: number }> {
  const args = [JSON.stringify({ file, setup })];
  const start = { file: new URL('../server/main.ts', import.meta.url), args, core: serverCore, flags: ['--expose-gc'] };
  const from = old ? oldNode() : null;
  if (typeof from === 'string') throw new Error(from);
  const server: Server = new Process(
    from === null ? start : { ...start, file: from.file, node: from.node, env: { RT_BENCH_UWS: from.uws } },
  );
  const { port } = await server.told('listens');
  return { server, port };
}

export type Load = Process<ToLoad, FromLoad>;

/** A process of clients. */
export function startLoad(): Load {
  return new Process({ file: new URL('../load/main.ts', import.meta.url), core: loadCore });
}

/** What the clients of two processes have seen. */
function together(one: Seen, other: Seen): Seen {
  return {
    messages: one.messages + other.messages,
    bytes: one.bytes + other.bytes,
    reads: one.reads + other.reads,
    latency: [...one.latency, ...other.latency],
    incomplete: one.incomplete + other.incomplete,
    lost: one.lost + other.lost,
    problems: [...one.problems, ...other.problems],
    cpuUs: one.cpuUs + other.cpuUs,
    elapsedUs: Math.max(one.elapsedUs, other.elapsedUs),
  };
}

/** One contestant's server, and its clients. */
export class Stand {
  readonly #contestant: Contestant;
  readonly #setup: Setup;
  readonly #crowd: Load;
  /** Where the clients are whom others must not hold up, if there are any. */
  #apart: Load | null = null;
  readonly #onProfile: ((path: string) => void) | undefined;
  server: Server;
  #port: number;

  private constructor(
    contestant: Contestant,
    setup: Setup,
    running: { readonly server: Server; readonly port: number },
    onProfile?: (path: string) => void,
  ) {
    this.#contestant = contestant;
    this.#setup = setup;
    this.server = running.server;
    this.#port = running.port;
    this.#onProfile = onProfile;
    this.#crowd = startLoad();
  }

  static async start(contestant: Contestant, setup: Setup, onProfile?: (path: string) => void): Promise<Stand> {
    return new Stand(contestant, setup, await startServer(contestant, setup), onProfile);
  }

  async end(): Promise<void> {
    await Promise.all([this.server.kill(), ...this.#loads.map((load) => load.kill())]);
  }

  /** Kills the server under its clients. */
  async crash(): Promise<void> {
    for (const load of this.#loads) await load.ask({ type: 'let go' }, 'let go');
    await this.server.kill();
  }

  /** Another process in the place of the server, after it was killed. */
  async restart(): Promise<void> {
    const { server, port } = await startServer(this.#contestant, this.#setup);
    this.server = server;
    this.#port = port;
  }

  /** Opens connections. Returns how long that took. */
  async open(groups: readonly Group[], { members = 0, resume = false } = {}): Promise<number> {
    const startedMs = performance.now();
    const apart = groups.filter((group) => group.apart === true);
    const crowd = groups.filter((group) => group.apart !== true);
    if (apart.length > 0) await this.#openIn((this.#apart ??= startLoad()), { groups: apart, members: 0, resume });
    await this.#openIn(this.#crowd, { groups: crowd, members, resume });
    return performance.now() - startedMs;
  }

  async #openIn(load: Load, opening: Pick<Opening, 'groups' | 'members' | 'resume'>): Promise<void> {
    const { name, wire } = this.#contestant;
    const { compress } = this.#setup;
    const { problems } = await load.ask({ type: 'open', port: this.#port, wire, compress, ...opening }, 'opened');
    if (problems.length > 0) throw new Error(`${name}: ${problems.join('\n')}`);
  }

  async pause(connections: number): Promise<void> {
    await this.#crowd.ask({ type: 'pause', connections }, 'paused');
  }

  async sample(collect: Collect = 'nothing'): Promise<Sample> {
    return (await this.server.ask({ type: 'sample', collect }, 'sample')).sample;
  }

  /** Begins a CPU profile, or ends it, if profiles are wanted. */
  async profile(): Promise<void> {
    if (this.#onProfile === undefined) return;
    const { path } = await this.server.ask({ type: 'profile' }, 'profile');
    if (path !== '') this.#onProfile(path);
  }

  async begin(traffic: Traffic): Promise<void> {
    const polls = traffic.type === 'turns';
    for (const load of this.#loads) {
      await load.ask({ type: 'begin', every: traffic.type === 'schedule', polls }, 'begun');
    }
  }

  async publish(traffic: Traffic, seconds: number): Promise<Counts> {
    return (await this.server.ask({ type: 'publish', traffic, seconds }, 'published')).counts;
  }

  /** What the clients have seen, when they have all of that or the time is over. */
  async seen(counts: Counts, withinMs: number): Promise<Seen> {
    const seen = await Promise.all(
      this.#loads.map(async (load) => (await load.ask({ type: 'expect', counts, withinMs }, 'seen')).seen),
    );
    return seen.reduce(together);
  }

  get #loads(): readonly Load[] {
    return this.#apart === null ? [this.#crowd] : [this.#crowd, this.#apart];
  }
}
