import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { within } from '@rt/testkit';
import type { Answers, Ask, FromNode, NodeOptions } from './node-words.ts';

interface Waiting {
  resolve(answer: unknown): void;
  reject(cause: Error): void;
}

/** A node in its process, which may be closed or killed, and started again in its place. */
export class NodeProcess {
  readonly options: NodeOptions;
  #child: ChildProcess | null = null;
  #asked = 0;
  readonly #waiting = new Map<number, Waiting>();

  constructor(options: NodeOptions) {
    this.options = options;
  }

  get runs(): boolean {
    return this.#child !== null;
  }

  async start(): Promise<void> {
    const child = fork(new URL('node.ts', import.meta.url), [JSON.stringify(this.options)]);
    child.on('message', (message: FromNode) => {
      if (message.type !== 'answer') return;
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.error === undefined) waiting?.resolve(message.answer);
      else waiting?.reject(new Error(`${this.options.name}: ${message.error}`));
    });
    await within(`${this.options.name} to listen`, once(child, 'message'), 60_000);
    this.#child = child;
  }

  /** @throws Error if it fails, or ends before it answers. */
  async ask<Type extends Ask['type']>(ask: Ask & { readonly type: Type }): Promise<Answers[Type]> {
    const child = this.#child;
    if (child === null) throw new Error(`${this.options.name} does not run`);
    const id = (this.#asked += 1);
    const answer = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    child.send({ ...ask, id });
    return within(`${this.options.name} to answer ${ask.type}`, answer, 60_000) as Promise<Answers[Type]>;
  }

  /** SIGTERM for it to close, and to end by itself; SIGKILL as if the machine were gone. */
  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
    child.kill(signal);
    const [code] = await within(`${this.options.name} to end by itself`, exited, 30_000).finally(() =>
      child.kill('SIGKILL'),
    );
    for (const { reject } of this.#waiting.values()) reject(new Error(`${this.options.name} has ended`));
    this.#waiting.clear();
    if (signal === 'SIGTERM' && code !== 0) throw new Error(`${this.options.name} has ended with ${code}`);
  }
}
