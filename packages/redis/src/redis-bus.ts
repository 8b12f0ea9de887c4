import type { Answers, BusSink, NodeBus, OnGone } from '@rt/core';
import { RtError } from '@rt/core';
import { Answering } from './answering.ts';
import type { Say } from './asking.ts';
import { Asking } from './asking.ts';
import { busText, parseBus } from './bus-message.ts';
import { newEpoch } from './new-epoch.ts';
import { NodeList } from './node-list.ts';
import type { LinkUser, RedisLink } from './redis-link.ts';

/** How often it is looked after whoever is waited for. */
const tendEveryMs = 1_000;
/** How long a node that says nothing is still counted, and how often each says that it lives. */
const leaseMs = 10_000;
const standEveryMs = 3_000;

/**
 * Questions between nodes, over pub/sub: each node hears a channel of its own. What is said there may be lost, so whoever
 * waits says so each second, and is told or asked again.
 */
export class RedisBus implements NodeBus {
  readonly node: string = newEpoch();
  readonly #link: RedisLink;
  readonly #list: NodeList;
  readonly #asking: Asking;
  readonly #user: LinkUser;
  #answering: Answering | null = null;
  #sink: BusSink | null = null;
  #listens = false;
  #closed = false;
  #cancelTend = (): void => {};
  #cancelStand = (): void => {};

  constructor(link: RedisLink) {
    this.#link = link;
    this.#list = new NodeList(link.driver, link.prefix, this.node);
    const nowMs = (): number => link.clock.now();
    this.#asking = new Asking(this.node, this.#say, nowMs);
    this.#user = {
      take: (name, text) => {
        if (name !== this.#name(this.node)) return false;
        this.#take(text);
        return true;
      },
      back: () => this.#stand(),
      failed: () => {},
    };
  }

  /** Why other nodes cannot ask this one, or `null`. */
  get trouble(): string | null {
    return this.#sink === null || this.#listens ? null : 'other nodes cannot ask this one yet';
  }

  async open(sink: BusSink): Promise<void> {
    if (this.#closed || this.#sink !== null) throw new RtError('broker_failed', 'a bus belongs to one hub');
    this.#sink = sink;
    this.#answering = new Answering(this.node, this.#say, () => this.#link.clock.now(), sink);
    await this.#link.open(this.#user);
    await this.#link.driver.subscribe(this.#name(this.node));
    this.#listens = true;
    if (this.#closed) return;
    this.#tendLater();
    this.#standLater();
    await this.#list.stand(leaseMs);
  }

  async ask(node: string, question: string, onGone: OnGone): Promise<string | null> {
    return this.#closed ? null : this.#asking.ask(node, question, onGone);
  }

  async askAll(question: string, withinMs: number): Promise<Answers> {
    if (this.#closed) return { nodes: 0, answers: [] };
    await this.#list.stand(leaseMs).catch((cause: unknown) => this.#sink?.troubled(cause));
    const { others } = this.#list;
    let dropAll = (): void => {};
    const cancel = this.#link.clock.timer(withinMs, () => dropAll());
    const onGone: OnGone = (run) => {
      const before = dropAll;
      dropAll = () => {
        before();
        run();
      };
    };
    const answers = await Promise.all(others.map((node) => this.#asking.ask(node, question, onGone)));
    cancel();
    return { nodes: others.length, answers: answers.filter((answer) => answer !== null) };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelTend();
    this.#cancelStand();
    this.#asking.end();
    if (this.#sink !== null) await this.#list.stand(0).catch((cause: unknown) => this.#sink?.troubled(cause));
    await this.#link.close(this.#user);
  }

  readonly #say: Say = async (node, message) => {
    try {
      return await this.#link.driver.publish(this.#name(node), busText(message));
    } catch (cause) {
      // Whoever waits for it says so again.
      if (!this.#closed) this.#sink?.troubled(cause);
      return null;
    }
  };

  #take(text: string): void {
    if (this.#closed) return;
    const message = parseBus(text);
    switch (message.type) {
      case 'ask':
        return this.#answering?.take(message);
      case 'waiting':
        return this.#answering?.waited(message);
      case 'dropped':
        return this.#answering?.dropped(message);
      case 'answer':
        return this.#asking.answered(message);
      case 'alive':
        return this.#asking.alive(message);
    }
  }

  #tendLater(): void {
    this.#cancelTend = this.#link.clock.timer(tendEveryMs, () => {
      this.#asking.tend();
      this.#answering?.tend();
      this.#tendLater();
    });
  }

  #standLater(): void {
    this.#cancelStand = this.#link.clock.timer(standEveryMs, () => {
      this.#stand();
      this.#standLater();
    });
  }

  #stand(): void {
    this.#list.stand(leaseMs).catch((cause: unknown) => this.#closed || this.#sink?.troubled(cause));
  }

  #name(node: string): string {
    return `${this.#link.prefix}{node ${node}}:bus`;
  }
}
