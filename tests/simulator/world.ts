import type { VirtualClock } from '@rt/testkit';
import { createVirtualClock, seededRandom } from '@rt/testkit';
import { createClients } from './cast.ts';
import type { Client } from './client.ts';
import { Gates } from './gates.ts';
import type { Violation } from './journal.ts';
import { Journal } from './journal.ts';
import { Network } from './network.ts';
import { Oracle } from './oracle.ts';
import { Permissions } from './permissions.ts';
import { PollClient } from './poll-client.ts';
import { PostClient } from './post-client.ts';
import { checkPresence } from './presence-oracle.ts';
import type { Store } from './recorded-broker.ts';
import type { Core } from './rooms.ts';
import type { Act, Schedule, Step } from './schedule.ts';
import type { Setup } from './setup.ts';
import type { ServerWorld } from './server.ts';
import { newStore, Server } from './server.ts';
import type { Transcript } from './told.ts';
import type { Stage } from './perform.ts';
import { perform } from './perform.ts';
import type { Wire } from './wire.ts';
import type { Wish } from './wish.ts';
import { checkWishes } from './wish-oracle.ts';

/** What is under way in a world this small is over after far fewer turns. */
const maxTurns = 1000;

/** What the app's code does, or its promises. */
const appActs: ReadonlySet<Act['type']> = new Set([
  'publish',
  'late',
  'release',
  'permit',
  'revoke',
  'disconnect',
  'close',
]);

/** Hubs, a network and clients under one clock, and what they must agree on. */
class World implements Stage {
  readonly journal: Journal;
  readonly #core: Core;
  readonly setup: Setup;
  readonly #lastWord: boolean;
  readonly #clock: VirtualClock = createVirtualClock();
  readonly gates: Gates;
  readonly permissions: Permissions;
  readonly network: Network;
  readonly #around: ServerWorld;
  readonly servers: Server[] = [];
  readonly #stores: Store[] = [];
  readonly clients: readonly Client[];
  readonly #transcripts: Transcript[] = [];
  readonly #wishes: Wish[] = [];
  #data = 0;
  /** Whether all microtasks have run. */
  #rested = true;

  constructor(core: Core, { seed, setup }: Schedule, trace: string[] | null) {
    this.#core = core;
    this.setup = setup;
    this.#lastWord = seed % 2 === 0;
    this.journal = new Journal(this.#clock, trace);
    this.gates = new Gates(this.journal);
    this.permissions = new Permissions(this.journal);
    this.network = new Network(this.journal, this.gates, setup.room, (wire, user) => this.#arrive(wire, user));
    this.#around = {
      core,
      setup,
      clock: this.#clock,
      random: seededRandom(seed),
      journal: this.journal,
      gates: this.gates,
      permissions: this.permissions,
      tokensExpireInMs: setup.tokensExpireInMs,
    };
    this.start(true);
    const around = {
      network: this.network,
      journal: this.journal,
      record: (transcript: Transcript) => this.#transcripts.push(transcript),
      wish: (wish: Wish) => this.#wishes.push(wish),
      wantsToLeave: (user: string, channel: string) => this.permissions.wantsToLeave(user, channel),
    };
    this.clients = createClients(setup, around, () => this.nextData());
  }

  /** Takes a step and lets so much follow from it as the step says. */
  async take({ act, ticks, turn }: Step): Promise<void> {
    this.journal.note(() => `${JSON.stringify(act)}${turn ? ', a turn' : ''}, ${ticks ?? 'all'} ticks`);
    // Only the app's own code runs between two microtasks; the network and the clock wait until all have run.
    const between = appActs.has(act.type) && !this.#rested;
    if (!between) await this.#rest();
    if (act.type === 'pass') await this.#pass(act.ms);
    else perform(this, act);
    if (!between) {
      for (const client of this.clients) client.act();
      this.network.carry();
    }
    this.#rested = false;
    if (ticks === null || turn) await this.#rest();
    else for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
    if (turn) this.turn();
    this.servers.at(-1)?.checkBounds(this.#core.maxHeldOver, false);
  }

  /** Lets everything work again, and checks that everybody comes to know everything; then closes, and checks what is left. */
  async end(): Promise<void> {
    await this.#rest();
    this.journal.note(() => 'everything works again');
    this.gates.openAll();
    this.#around.tokensExpireInMs = null;
    this.network.heal();
    this.#rested = false;
    await this.#findTheDead();
    this.network.notice();
    await this.#rest();
    if (this.current.closing) this.start(false);
    for (const client of this.clients) {
      client.hope();
      if (client instanceof PollClient) client.hurry();
    }
    await this.#comeBack();
    // One more publication may wake up who has slept too long: it comes in every other schedule.
    if (this.#lastWord) this.#publishLast();
    await this.#passGraces();
    await this.#passPaces();
    for (let round = 3; round > 0; round -= 1) await this.#settle();
    this.#check();
    const { journal, permissions } = this;
    const { channels, presence } = this.setup;
    await checkPresence(this.current, this.clients, { channels, crowd: presence?.crowd ?? 0, journal, permissions });
    await this.#close();
  }

  get current(): Server {
    const server = this.servers.at(-1);
    if (server === undefined) throw new Error('a world begins with a server');
    return server;
  }

  #arrive(wire: Wire, user: string): void {
    const server = this.current;
    // Nobody listens where a server was and no other one is.
    if (server.closed) wire.cut('both');
    else server.arrive(wire, user);
  }

  start(loses: boolean): void {
    const before = this.servers.at(-1)?.store;
    // A store has one hub at a time: one that is still closing keeps it, and one that still waits to know who is there.
    const free = this.servers.every(({ closed, letGo }) => closed && letGo);
    const keeps = !loses && before !== undefined && free;
    const store = keeps ? before : newStore(this.#around);
    if (!keeps) this.#stores.push(store);
    this.servers.push(new Server(this.#around, store));
  }

  nextData(): number {
    this.#data += 1;
    return this.#data;
  }

  /** Time goes by in pieces, so that those who are well can answer in between. */
  async #pass(ms: number): Promise<void> {
    const pieces = Math.max(1, Math.min(8, Math.ceil(ms / 2000)));
    for (let piece = 0; piece < pieces; piece += 1) {
      this.#clock.advance(ms / pieces);
      await this.#settle();
    }
  }

  /** Lets clients act and everything that is due happen, until nothing more does. */
  async #settle(): Promise<void> {
    for (const client of this.clients) client.act();
    this.network.carry();
    for (let turns = 0; turns < maxTurns; turns += 1) {
      this.#rested = false;
      await this.#rest();
      if (!this.turn()) return;
    }
    this.journal.fail(`turns never come to an end: ${maxTurns} and more`);
  }

  /** Lets all microtasks run, if that is not so already. */
  async #rest(): Promise<void> {
    if (this.#rested) return;
    await drained();
    this.#rested = true;
  }

  turn(): boolean {
    this.#rested = false;
    return this.#clock.turn();
  }

  /** Sessions whose peer has gone without a word are found by the silence alone. */
  async #findTheDead(): Promise<void> {
    if (this.setup.heartbeatMs === false) return;
    const dead = this.network.live.filter((wire) => wire.vanished && !wire.closed && wire.carriesSession);
    if (dead.length === 0) return;
    // The longest that any transport takes: a client that hears nothing goes, and then an SSE session is dead after ten
    // heartbeats of silence; a poll has its end.
    const limitMs = Math.max(this.setup.heartbeatMs * 12 + 10_000, 60_000);
    for (let ms = 0; ms < limitMs; ms += 4000) await this.#pass(4000);
    for (const wire of dead) if (!wire.closed) this.journal.fail(`${wire.name} is dead, and nobody has noticed`);
  }

  /** Everybody is where they want to be: who was refused has come back, and was refused or not after that. */
  async #comeBack(): Promise<void> {
    const closes = this.setup.slow === 'close';
    // Where the slow are cut off, what they say when they are back may cut off others.
    for (let round = closes ? 8 : 4; round > 0; round -= 1) await this.#pass(1100);
    if (closes) for (let round = 3; round > 0; round -= 1) await this.#settle();
  }

  /** What waits for its time is told, once nobody publishes any more. */
  async #passPaces(): Promise<void> {
    const { everyMs } = this.setup;
    if (everyMs === 0) return;
    const busy = (): boolean => this.clients.some((client) => client instanceof PostClient && !client.idle);
    for (let round = 20; round > 0 && busy(); round -= 1) await this.#pass(1100);
    await this.#pass(everyMs);
  }

  /** Whoever did not come back has gone, and that is told. */
  async #passGraces(): Promise<void> {
    const { presence, heartbeatMs } = this.setup;
    if (presence === null) return;
    // A session that was to be polled again is over after some time.
    const polled = this.clients.some(({ kind }) => kind === 'long-poll');
    if (polled) await this.#pass(heartbeatMs === false ? 30_000 : heartbeatMs * 2);
    await this.#pass(Math.max(presence.graceMs, presence.onlineGraceMs) + 100);
    await this.#pass(Math.max(presence.mergeMs, 1000));
  }

  #publishLast(): void {
    for (const channel of this.setup.channels) this.current.publish(channel, 'said', this.nextData());
  }

  #check(): void {
    const last = this.journal.moment();
    const { ledger } = this.current.store;
    const { journal, permissions, setup } = this;
    const oracleWorld = { journal, permissions, conflates: setup.slow === 'conflate' };
    for (const transcript of this.#transcripts) {
      const told = transcript.ledger();
      if (told === null) continue;
      new Oracle(transcript, told, oracleWorld).check(told === ledger ? last : null);
    }
    checkWishes(
      this.#wishes,
      this.#stores.map((store) => store.ledger),
      this.permissions,
      this.journal,
    );
    for (const client of this.clients) {
      const fault = client.fault();
      if (fault !== null) this.journal.fail(`${client.user}, ${client.kind}, ${fault}`);
    }
    this.current.checkBounds(this.#core.maxHeldOver, true);
  }

  async #close(): Promise<void> {
    this.journal.note(() => 'the end');
    for (const client of this.clients) client.leave();
    for (const server of this.servers) server.close(1000);
    for (let ms = 0; ms < 12_000 && this.servers.some(({ closed }) => !closed); ms += 500) await this.#pass(500);
    for (const [index, server] of this.servers.entries()) {
      const leftover = server.leftover();
      if (leftover !== null) this.journal.fail(`hub ${index} was closed, and ${leftover}`);
    }
    for (const { inner } of this.#stores) await inner.close();
    if (this.gates.waiting > 0) this.journal.fail(`${this.gates.waiting} gates have opened late`);
    if (this.#clock.waiting > 0) this.journal.fail(`${this.#clock.waiting} timers or turns are left`);
  }
}

/** Lets all microtasks run. */
async function drained(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** Runs a schedule. Resolves to what was wrong with it, or `null`. @param trace Takes what happens, line by line. */
export async function run(core: Core, schedule: Schedule, trace: string[] | null = null): Promise<Violation | null> {
  const world = new World(core, schedule, trace);
  for (const step of schedule.steps) {
    if (world.journal.violation !== null) return world.journal.violation;
    await world.take(step);
  }
  if (world.journal.violation === null) await world.end();
  return world.journal.violation;
}
