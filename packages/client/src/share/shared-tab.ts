import type { Pipe, PipeEnd, PipeEvents, PipeRequest, Transport, TransportName } from '../transports/transport.ts';
import { Patience } from './patience.ts';
import type { TabGround, Talk } from './tab-ground.ts';
import { Upstream } from './upstream.ts';
import type { UpstreamOptions } from './upstream.ts';
import type { Reply, Request, Word } from './words.ts';
import { endOf, pipeOf, tabOf } from './words.ts';

/** What a tab that shares is made of. */
export interface SharedTabOptions extends UpstreamOptions {
  readonly ground: TabGround;
  /** The same for all tabs that share. */
  readonly name: string;
  /** Ends the client's wait for its next attempt. */
  wake(): void;
}

/** The way from this tab's client to the leader. */
interface OwnPipe {
  readonly name: string;
  readonly hello: string;
  readonly events: PipeEvents;
  /** The leader whom it was opened to; `null` while there is none. */
  leader: string | null;
}

/** What a tab has while it takes part. */
interface Part {
  readonly talk: Omit<Talk, 'say'> & { say(word: Word): void };
  readonly patience: Patience;
  /** Lets go of the lock that shows that this tab lives. */
  readonly die: () => void;
  /** Whether the others can see that it lives. */
  alive: boolean;
  /** Lets go of the lock of the leader, or does not wait for it any more. */
  resign: () => void;
}

/** What the leader has. */
interface Lead {
  readonly upstream: Upstream;
  /** The pipes of the other tabs, by tab, with how not to wait for its end any more. */
  readonly tabs: Map<string, { pipe: string; readonly forget: () => void }>;
}

/** How much later than the end of a tab its last words may come. */
const lastWordsMs = 500;

type WithoutLeader<Given> = Given extends unknown ? Omit<Given, 'leader'> : never;

/**
 * A tab that shares one connection with the others. They elect a leader by a lock, which the browser takes from a tab that
 * is closed or dies, and the others from one that does not answer. The leader has the connection; to a tab's client it is
 * a transport like any other, so that another leader is no more than a reconnect.
 */
export class SharedTab implements Transport {
  readonly #options: SharedTabOptions;
  readonly #id: string;
  #transport: TransportName = 'websocket';
  #part: Part | null = null;
  #lead: Lead | null = null;
  /** Who leads, as far as this tab knows. */
  #leader: string | null = null;
  /** Leaders that are none any more, whatever they say when they wake up. */
  readonly #deposed = new Set<string>();
  #client: string;
  #pipe: OwnPipe | null = null;
  #pipes = 0;
  #leads = 0;
  #enteredAtMs = 0;
  readonly #stopWatching: () => void;

  constructor(options: SharedTabOptions) {
    this.#options = options;
    const { environment } = options;
    this.#id = environment.random().toString(36);
    this.#client = environment.random().toString(36);
    this.#stopWatching = environment.watch((sign) => {
      if (sign === 'frozen') this.#leave(false);
    });
  }

  get name(): TransportName {
    return this.#transport;
  }

  open({ hello }: PipeRequest, events: PipeEvents): Pipe {
    this.#pipes += 1;
    const pipe: OwnPipe = { name: pipeOf(this.#id, this.#pipes), hello, events, leader: null };
    this.#pipe = pipe;
    this.#join();
    queueMicrotask(() => this.#attach());
    const send = (lines: string): void => {
      if (pipe.leader !== this.#leader) return;
      if (lines.includes('"type":"enter"')) this.#enteredAtMs = Date.now();
      this.#request({ type: 'say', pipe: pipe.name, lines });
    };
    return {
      send,
      last: send,
      named() {},
      close: (inOrder) => {
        if (this.#pipe !== pipe) return;
        if (pipe.leader === this.#leader) this.#request({ type: 'close', pipe: pipe.name, inOrder });
        this.#ended({ type: 'lost' });
      },
    };
  }

  /** Its client is closed for good. */
  close(): void {
    this.#stopWatching();
    this.#leave(true);
  }

  /** Takes part no more: if it leads, another tab does from now on. It takes part again when its client connects. */
  #leave(inOrder: boolean): void {
    const part = this.#part;
    if (part === null) return;
    this.#part = null;
    this.#abdicate(part, inOrder);
    part.patience.end();
    part.die();
    part.talk.close();
    this.#follow(null);
  }

  #join(): void {
    if (this.#part !== null) return;
    const { ground, name, environment } = this.#options;
    const talk = ground.talk(name, (word) => this.#heard(word as Word));
    const patience = new Patience(environment, {
      ask: () => talk.say({ type: 'ask' }),
      over: () => this.#run('steal'),
    });
    const die = ground.lock(`${name} ${this.#id}`, 'wait', {
      held: () => {
        if (this.#part !== null) this.#part.alive = true;
        this.#attach();
      },
      stolen() {},
    });
    this.#part = { talk, patience, die, alive: false, resign: () => {} };
    this.#run('wait');
  }

  /** Runs for leader. */
  #run(how: 'wait' | 'steal'): void {
    const part = this.#part;
    if (part === null) return;
    part.resign();
    part.resign = this.#options.ground.lock(this.#options.name, how, {
      held: () => this.#begin(part),
      stolen: () => {
        this.#abdicate(part, false);
        this.#run('wait');
      },
    });
    if (how === 'wait') part.patience.begin();
  }

  #begin(part: Part): void {
    part.patience.end();
    this.#leads += 1;
    const leader = `${this.#id} ${this.#leads}`;
    const upstream = new Upstream(this.#options, {
      client: this.#client,
      reply: (reply) => this.#reply({ ...reply, leader }),
      opened: () => this.#announce(leader, false),
      // After this tab has been told the reason, as the others have.
      closed: () =>
        queueMicrotask(() => {
          if (this.#part !== part) return;
          this.#abdicate(part, true);
          this.#run('wait');
        }),
    });
    this.#lead = { upstream, tabs: new Map() };
    this.#announce(leader, true);
    this.#follow(leader);
  }

  #abdicate(part: Part, inOrder: boolean): void {
    const lead = this.#lead;
    const leader = this.#leader;
    part.resign();
    if (lead === null) return;
    this.#lead = null;
    // Whoever goes on does so in this client's name.
    lead.upstream.close(inOrder && lead.tabs.size === 0);
    for (const { forget } of lead.tabs.values()) forget();
    if (leader !== null) part.talk.say({ type: 'gone', leader });
    this.#follow(null);
  }

  #announce(leader: string, fresh: boolean): void {
    const open = this.#lead?.upstream.open ?? false;
    this.#part?.talk.say({ type: 'lead', leader, client: this.#client, fresh, open });
    if (open) this.#options.wake();
  }

  #heard(word: Word): void {
    switch (word.type) {
      case 'ask':
        if (this.#lead === null) return this.#part?.patience.asked();
        return this.#announce(this.#leader ?? '', false);
      case 'lead':
        if (this.#lead !== null || this.#deposed.has(word.leader)) return;
        if (!word.fresh && this.#leader !== null && this.#leader !== word.leader) return;
        this.#part?.patience.heard();
        this.#client = word.client;
        this.#follow(word.leader);
        if (word.open) this.#options.wake();
        return this.#pipe?.events.alive();
      case 'gone':
        this.#deposed.add(word.leader);
        return word.leader === this.#leader && this.#lead === null ? this.#follow(null) : undefined;
      case 'open':
      case 'say':
      case 'close':
        return word.leader === this.#leader ? this.#serve(word) : undefined;
      default:
        if (word.leader !== this.#leader || this.#lead !== null) return;
        this.#part?.patience.heard();
        this.#replied(word);
    }
  }

  /** Follows another leader: the way to the one before is lost. */
  #follow(leader: string | null): void {
    if (leader === this.#leader) return;
    if (this.#leader !== null) this.#deposed.add(this.#leader);
    this.#leader = leader;
    const before = this.#pipe?.leader ?? null;
    if (before !== null) this.#ended({ type: 'lost' });
    if (leader === null) return;
    this.#options.wake();
    this.#attach();
  }

  #attach(): void {
    const pipe = this.#pipe;
    if (pipe === null || pipe.leader !== null || this.#leader === null || this.#part?.alive !== true) return;
    pipe.leader = this.#leader;
    this.#request({ type: 'open', pipe: pipe.name, hello: pipe.hello, enteredAtMs: this.#enteredAtMs });
  }

  #request(given: WithoutLeader<Request>): void {
    if (this.#leader === null) return;
    const request: Request = { ...given, leader: this.#leader };
    if (this.#lead === null) this.#part?.talk.say(request);
    else this.#serve(request);
  }

  /** Does what a tab asks its leader for. */
  #serve(request: Request): void {
    const { pipe } = request;
    if (this.#lead === null) return;
    const { upstream, tabs } = this.#lead;
    switch (request.type) {
      case 'open':
        this.#expect(pipe, tabs, upstream);
        return upstream.connect(pipe, request.hello, request.enteredAtMs);
      case 'say':
        return upstream.say(pipe, request.lines);
      case 'close':
        return upstream.disconnect(pipe, request.inOrder);
    }
  }

  /** A tab has another pipe; with the first one begins the wait for the end of the tab. */
  #expect(pipe: string, tabs: Lead['tabs'], upstream: Upstream): void {
    const tab = tabOf(pipe);
    const known = tabs.get(tab);
    if (known !== undefined) {
      upstream.disconnect(known.pipe, false);
      known.pipe = pipe;
      return;
    }
    if (tab === this.#id) return;
    const held = (): void => {
      const gone = tabs.get(tab);
      tabs.delete(tab);
      if (gone === undefined) return;
      gone.forget();
      // What it has said last may come later than its lock.
      this.#options.environment.timer(lastWordsMs, () => upstream.disconnect(gone.pipe, false));
    };
    const forget = this.#options.ground.lock(`${this.#options.name} ${tab}`, 'wait', { held, stolen() {} });
    tabs.set(tab, { pipe, forget });
  }

  /** Tells what the leader says to whom it says it. */
  #reply(reply: Reply): void {
    const others = reply.pipes.filter((pipe) => tabOf(pipe) !== this.#id);
    if (others.length > 0) this.#part?.talk.say({ ...reply, pipes: others });
    // As late as the others are told: whoever says something is not told of it within.
    if (others.length < reply.pipes.length) queueMicrotask(() => this.#replied(reply));
  }

  #replied(reply: Reply): void {
    const pipe = this.#pipe;
    if (pipe === null || pipe.leader !== reply.leader || !reply.pipes.includes(pipe.name)) return;
    switch (reply.type) {
      case 'opened':
        this.#transport = reply.transport;
        return;
      case 'lines':
        pipe.events.alive();
        return pipe.events.lines(reply.lines);
      case 'ended':
        return this.#ended(endOf(reply.error));
    }
  }

  #ended(end: PipeEnd): void {
    const pipe = this.#pipe;
    this.#pipe = null;
    pipe?.events.ended(end);
  }
}
