import type { Client, From } from '@rt/client';
import { createClient } from '@rt/client';
import type { HubEvent, HubOptions } from '@rt/core';
import { channel, createHub, defineChannels, memoryBroker } from '@rt/core';
import type { VirtualClock } from '@rt/testkit';
import { createVirtualClock, seededRandom, within } from '@rt/testkit';
import { expect } from 'vitest';
import { z } from 'zod';
import { MemoryBrowser } from './memory-browser.ts';
import { MemoryPage } from './memory-page.ts';

const channels = (count: number) =>
  defineChannels({
    'room:{id}': channel({
      events: { said: z.string() },
      keep: { count },
      subscribe: ({ params }) => params.id !== 'closed',
      publish: 'anyone',
      send: 'anyone',
      presence: z.object({ tab: z.string() }),
      enter: 'anyone',
    }),
  });

type Channels = ReturnType<typeof channels>;
type Runtime = NonNullable<HubOptions['runtime']>;
type WorldHub = ReturnType<typeof newHub>;
const room = 'room:1';

/** A tab of the world: a page with a client that follows the room, and all it was told. */
export class WorldTab {
  readonly name: string;
  readonly page: MemoryPage;
  readonly client: Client<Channels>;
  readonly seen: { readonly data: string; readonly position: string | null }[] = [];
  readonly gaps: string[] = [];
  /** The places of what it was told, each behind the one before or behind a gap. */
  readonly holes: string[] = [];
  #place: string | null = null;
  readonly errors: unknown[] = [];
  /** What it has published, in its order, with the places where it is stored. */
  readonly published: string[] = [];
  readonly stored: string[] = [];
  /** The place where it began. */
  began: string | null = null;

  constructor(name: string, page: MemoryPage, from: From) {
    this.name = name;
    this.page = page;
    this.client = createClient<Channels>('http://localhost/rt', {
      transport: page.transport,
      environment: page.environment,
      share: true,
    });
    const followed = this.client.channel(room, { from });
    followed.subscribe(() => {
      if (followed.status.state === 'live') this.began ??= followed.position;
    });
    followed.on('said', (data, { position }) => {
      this.seen.push({ data, position });
      this.#goTo(position ?? '', 1);
    });
    followed.onGap(({ reason, after, position }) => {
      this.gaps.push(`${reason} ${after} ${position}`);
      this.#place = position;
    });
  }

  /** The next place is so much further, or there is a hole that nobody has told of. */
  #goTo(position: string, further: number): void {
    const [epoch = '', offset = 0] = (this.#place ?? '').split('.');
    if (this.#place !== null && position !== `${epoch}.${Number(offset) + further}`) {
      this.holes.push(`${this.#place} to ${position}`);
    }
    this.#place = position;
  }

  publish(): void {
    const data = `${this.name} says ${this.published.length}`;
    this.published.push(data);
    this.client
      .channel(room)
      .publish('said', data)
      .then(
        (position) => this.stored.push(`${data} at ${position}`),
        (error: unknown) => this.errors.push(error),
      );
  }
}

function newHub(keep: number, runtime: Runtime, observe: (event: HubEvent) => void) {
  const hub = createHub({
    channels: channels(keep),
    broker: memoryBroker({ ...runtime, forgetAfterMs: Number.MAX_SAFE_INTEGER }),
    runtime,
    limits: { rates: false },
    observe,
  });
  hub.on('room:{id}', 'echo', ({ data }) => data);
  return hub;
}

/** Tabs of one browser, and the hub that they follow, under one clock. */
export class ShareWorld {
  readonly clock: VirtualClock = createVirtualClock();
  readonly random: () => number;
  hub: WorldHub;
  readonly browser: MemoryBrowser;
  readonly pages: MemoryPage[] = [];
  readonly tabs: WorldTab[] = [];
  readonly events: HubEvent[] = [];
  /** Whether the pages have nothing in common. */
  apart = false;
  readonly #keep: number;
  #secrets = 0;
  #published = 0;

  constructor(seed: number, keep = 100_000) {
    this.random = seededRandom(seed);
    this.#keep = keep;
    this.hub = this.#newHub();
    this.browser = new MemoryBrowser(this.clock, this.random, this.hub);
  }

  /** Another hub takes the place of this one, with an empty log. */
  restart(): void {
    this.hub = this.#newHub();
    this.browser.hub = this.hub;
    for (const page of this.pages) page.cut();
  }

  #newHub(): WorldHub {
    const { clock, random } = this;
    const secret = (): string => `session${(this.#secrets += 1)}`;
    return newHub(this.#keep, { clock, random, secret }, (event) => this.events.push(event));
  }

  /** How many connections the pages that run have. */
  get connections(): number {
    return this.pages.reduce((sum, page) => sum + (page.state === 'running' ? page.sockets : 0), 0);
  }

  get leader(): WorldTab {
    const page = this.browser.holder('rt http://localhost/rt true');
    const found = this.tabs.find((tab) => tab.page === page);
    if (found === undefined) throw new Error('nobody leads');
    return found;
  }

  open(from: From = 'start'): WorldTab {
    const page = new MemoryPage(this.browser, !this.apart);
    this.pages.push(page);
    const tab = new WorldTab(`tab ${this.tabs.length + 1}`, page, from);
    this.tabs.push(tab);
    return tab;
  }

  publish(): void {
    this.#published += 1;
    void this.hub.channel(room).publish('said', `the server says ${this.#published}`);
  }

  living(): readonly WorldTab[] {
    return this.tabs.filter(({ page, client }) => page.state === 'running' && client.status.state !== 'closed');
  }

  pick<Item>(items: readonly Item[]): Item | undefined {
    return items[Math.floor(this.random() * items.length)];
  }

  /** Lets time pass in small steps, with all that it leads to. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 10) {
      await this.settle();
      this.clock.advance(Math.min(10, left));
    }
    await this.settle();
  }

  async settle(): Promise<void> {
    do {
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
    } while (this.clock.turn());
  }

  /** Waits until what clients load when they need it is loaded: that takes a time of its own. */
  static async ready(): Promise<void> {
    const world = new ShareWorld(0);
    const { client } = world.open();
    const opened = new Promise<void>((resolve) => {
      client.subscribe(() => client.status.state === 'open' && resolve());
    });
    const { presence } = client.channel(room);
    const stop = presence.subscribe(() => {});
    const all = Promise.all([opened, presence.enter({ tab: 'first' }), client.channel(room).publish('said', 'ready')]);
    let over = false;
    const passing = (async () => {
      while (!over) await world.pass(10);
    })();
    await within('the first tab', all);
    stop();
    over = true;
    await passing;
  }

  /** Lets time pass until something is so, and says how long that took. */
  async until(what: string, fits: () => boolean, withinMs: number): Promise<number> {
    const beganAt = this.clock.now();
    while (!fits()) {
      if (this.clock.now() - beganAt > withinMs) throw new Error(`${withinMs} ms have passed, and not ${what}`);
      await this.pass(10);
    }
    return this.clock.now() - beganAt;
  }

  async log() {
    const { publications } = await this.hub.channel(room).history({ last: 1000 });
    return publications.map(({ data, position }) => ({ data, position }));
  }

  /** Every tab that lives has come to the end, and was told of all that it missed on its way, and of nothing else. */
  async checkGaps(): Promise<void> {
    const { position } = await this.hub.channel(room).history();
    for (const { name, holes, client, gaps } of this.living()) {
      const { position: place } = client.channel(room);
      expect({ name, holes, place }).toEqual({ name, holes: [], place: position });
      const needless = gaps.filter((gap) => {
        const [, after = '', to = ''] = gap.split(' ');
        const [epoch, offset] = after.split('.');
        return epoch === to.split('.')[0] && Number(offset) >= Number(to.split('.')[1]);
      });
      expect({ name, needless }).toEqual({ name, needless: [] });
    }
  }

  /** Every tab that lives has seen what was published, from where it began, each once and in order. */
  async check(): Promise<void> {
    const log = await this.log();
    for (const tab of this.living()) {
      const began = tab.began === null ? 0 : Number(tab.began.split('.')[1]);
      const first = Number(log[0]?.position.split('.')[1] ?? 1);
      const wanted = log.slice(Math.max(0, began - first + 1));
      expect({ name: tab.name, seen: tab.seen }).toEqual({ name: tab.name, seen: wanted });
      expect({ gaps: tab.gaps, errors: tab.errors }).toEqual({ gaps: [], errors: [] });
    }
    for (const { name, published, stored } of this.tabs) {
      const own = log.filter(({ data }) => data.startsWith(`${name} says`));
      // One that has died may not have said all, and what it has said is in order.
      expect(own.map(({ data }) => data)).toEqual(published.slice(0, own.length));
      expect(own.map(({ data, position }) => `${data} at ${position}`).slice(0, stored.length)).toEqual(stored);
    }
    for (const { published, stored } of this.living()) expect(stored).toHaveLength(published.length);
  }
}
