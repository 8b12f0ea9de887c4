import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import type { NodeState } from './cluster-channels.ts';
import { ended } from './program.ts';

export interface NodeOptions {
  readonly name: string;
  /** Which of them it is, from 1. */
  readonly number: number;
  readonly port: number;
  readonly redisUrl: string;
  readonly prefix: string;
  /** Signs cookies: the same for all. */
  readonly secret: string;
}

/** What a node says to the process that has started it. */
export type FromNode = { readonly type: 'listens' } | { readonly type: 'kill'; readonly name: string };

export interface NodeEvents {
  /** Something about it has changed. */
  readonly onState: (state: NodeState) => void;
  /** Somebody wants a node to be killed. */
  readonly onKill: (name: string) => void;
}

/** Starts a node, and starts it again whenever it is gone. */
export class NodeProcess {
  readonly #options: NodeOptions;
  readonly #events: NodeEvents;
  readonly #backAfterMs: number;
  #child: ChildProcess | null = null;
  #kills = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closing = false;

  constructor(options: NodeOptions, backAfterMs: number, events: NodeEvents) {
    this.#options = options;
    this.#backAfterMs = backAfterMs;
    this.#events = events;
  }

  get name(): string {
    return this.#options.name;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Resolves when it listens. */
  async start(): Promise<void> {
    const child = fork(new URL('node.js', import.meta.url), [JSON.stringify(this.#options)]);
    this.#child = child;
    this.#tell('starting', null);
    child.once('exit', () => this.#gone());
    await new Promise<void>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`node ${this.name} has ended with ${code}`)));
      child.on('message', (message: FromNode) => {
        if (message.type === 'kill') return this.#events.onKill(message.name);
        this.#tell('up', null);
        resolve();
      });
    });
  }

  /** As a machine that is switched off: it closes nothing, and tells nobody. */
  async kill(): Promise<void> {
    if (this.#child === null || this.#closing) return;
    this.#kills += 1;
    await ended(this.#child, 'SIGKILL');
  }

  /** In good order: it tells its clients when to come back. */
  async close(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#timer);
    if (this.#child !== null) await ended(this.#child, 'SIGTERM');
  }

  #gone(): void {
    if (this.#closing) return;
    this.#tell('down', Date.now() + this.#backAfterMs);
    this.#timer = setTimeout(() => {
      // If it does not start it is gone once more, and tried again.
      this.start().catch(() => {});
    }, this.#backAfterMs);
  }

  #tell(state: NodeState['state'], backAtMs: number | null): void {
    const { name, number, port } = this.#options;
    const { pid } = this;
    this.#events.onState({ name, number, port, pid, state, sinceMs: Date.now(), backAtMs, kills: this.#kills });
  }
}
