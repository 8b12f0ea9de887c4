import type { ChildProcess } from 'node:child_process';
import { execFileSync, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Whether processes can be kept on a core of their own. */
export const pins: boolean = availableParallelism() > 1 && has('taskset');

function has(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export interface Start {
  readonly file: URL;
  readonly args?: readonly string[];
  /** The core that it is kept on, where that is possible. */
  readonly core: number;
  readonly flags?: readonly string[];
  /** @default the Node that runs this */
  readonly node?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const deadlineMs = 120_000;

/** A process that is told things and answers each. It is killed with this one. */
export class Process<To extends object, From extends { readonly type: string }> {
  readonly child: ChildProcess;
  readonly #name: string;
  #exited = false;

  constructor({ file, args = [], core, flags = [], node = process.execPath, env = {} }: Start) {
    const path = fileURLToPath(file);
    this.#name = `${path.split('/').slice(-2).join('/')} ${args[0] ?? ''}`;
    const pinned = pins
      ? { execPath: 'taskset', execArgv: ['-c', String(core), node, ...flags] }
      : { execPath: node, execArgv: [...flags] };
    this.child = fork(path, [...args], {
      ...pinned,
      env: { ...process.env, NODE_ENV: 'production', ...env },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.child.once('exit', () => {
      this.#exited = true;
    });
  }

  tell(message: To): void {
    this.child.send(message);
  }

  /** The next message of a type. */
  async told<Type extends From['type']>(type: Type, withinMs = deadlineMs): Promise<From & { readonly type: Type }> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        this.child.off('message', listen).off('exit', exit);
      };
      const listen = (message: unknown): void => {
        const from = message as From;
        if (from.type !== type) return;
        done();
        resolve(from as From & { readonly type: Type });
      };
      const exit = (): void => {
        done();
        reject(new Error(`${this.#name} has ended before it told ${type}`));
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`${this.#name} has not told ${type} within ${withinMs} ms`));
      }, withinMs);
      if (this.#exited) return exit();
      this.child.on('message', listen).on('exit', exit);
    });
  }

  async ask<Type extends From['type']>(
    message: To,
    type: Type,
    withinMs = deadlineMs,
  ): Promise<From & { readonly type: Type }> {
    const answer = this.told(type, withinMs);
    this.tell(message);
    return answer;
  }

  async kill(): Promise<void> {
    if (this.#exited) return;
    const exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await exited;
  }
}
