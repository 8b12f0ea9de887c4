import { newEpoch } from '../new-epoch.ts';
import type { RedisDriver } from '../redis-driver.ts';
import type { Script } from '../script.ts';

/** What the scripts of a partition are called with. */
export interface CallOptions {
  readonly driver: RedisDriver;
  /** The key that they all get. */
  readonly state: string;
  /** What is said to be the server's time, in tests; `null` for its own. */
  readonly serverNow: (() => number) | null;
  readonly leaseMs: number;
  readonly forgetAfterMs: number;
}

/** What a script answers: first whether it was done, or why not. */
export interface Answer {
  readonly word: string;
  readonly birth: string;
  readonly rest: readonly unknown[];
}

/** Calls the scripts of one partition in the name of this node. */
export class PartitionCalls {
  readonly #options: CallOptions;
  #node: string = newEpoch();
  /** The newest sequence that was heard of: a server that knows less has gone back. */
  #seen = 0;
  /** The partition that this node has begun in: it is born anew where its data is lost, or may be. */
  birth = '';

  constructor(options: CallOptions) {
    this.#options = options;
  }

  /** The name of this node since it has begun. */
  get node(): string {
    return this.#node;
  }

  /** Takes another name. Returns the one before. */
  rename(): string {
    const before = this.#node;
    this.#node = newEpoch();
    return before;
  }

  async call(script: Script, args: readonly string[]): Promise<Answer> {
    const { driver, state, serverNow, leaseMs, forgetAfterMs } = this.#options;
    const told = await driver.run(
      script,
      [state],
      [
        String(serverNow?.() ?? ''),
        newEpoch(),
        this.#node,
        this.birth,
        String(this.#seen),
        String(leaseMs),
        String(forgetAfterMs),
        ...args,
      ],
    );
    const [word, birth, sequence, ...rest] = told as readonly [string, string, string, ...unknown[]];
    this.#seen = Math.max(this.#seen, Number(sequence));
    return { word, birth, rest };
  }
}
