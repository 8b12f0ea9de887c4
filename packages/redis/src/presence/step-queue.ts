import type { PartitionCalls } from './partition-calls.ts';
import { steps } from './steps-script.ts';

/** How many steps are done by one script. */
export const maxSteps = 64;

/** What a queue works with. */
export interface StepQueueOptions {
  readonly calls: PartitionCalls;
  /** Resolves when there is a connection, or none was to be had. */
  readonly ready: Promise<void>;
  /** Begins anew. Resolves to whether all is there again. */
  readonly begin: () => Promise<boolean>;
  readonly troubled: (cause: unknown) => void;
}

interface Step {
  readonly args: readonly string[];
  readonly resolve: () => void;
  readonly reject: (cause: unknown) => void;
}

/** Does steps in the order in which they were asked for, as many at once as have come meanwhile. */
export class StepQueue {
  readonly #options: StepQueueOptions;
  readonly #steps: Step[] = [];
  #working: Promise<void> | null = null;
  #mustBegin = true;

  constructor(options: StepQueueOptions) {
    this.#options = options;
  }

  /** Whether nothing can be done before the node has begun anew. */
  get mustBegin(): boolean {
    return this.#mustBegin;
  }

  /** Resolves when it was done. If it rejects it may have been. */
  async do(args: readonly string[]): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#steps.push({ args, resolve, reject });
      this.start();
    });
  }

  /** Before the next step it begins anew: what is kept may not be what it was. */
  beginAnew(): void {
    this.#mustBegin = true;
    this.start();
  }

  start(): void {
    if (this.#working !== null) return;
    this.#working = this.#work().finally(() => {
      this.#working = null;
      if (this.#steps.length > 0) this.start();
    });
  }

  /** Resolves when nothing is to be done any more. */
  async finish(): Promise<void> {
    while (this.#working !== null) await this.#working;
  }

  async #work(): Promise<void> {
    await this.#options.ready;
    while (this.#mustBegin || this.#steps.length > 0) {
      if (!this.#mustBegin) {
        await this.#doSome(this.#steps.splice(0, maxSteps));
        continue;
      }
      try {
        this.#mustBegin = false;
        if (!(await this.#options.begin())) this.#mustBegin = true;
      } catch (cause) {
        // It is tried again with the next step or tending.
        this.#mustBegin = true;
        this.#options.troubled(cause);
        for (const { reject } of this.#steps.splice(0)) reject(cause);
        return;
      }
    }
  }

  async #doSome(some: readonly Step[]): Promise<void> {
    const args = some.flatMap((step) => step.args);
    try {
      const { word } = await this.#options.calls.call(steps, args);
      if (word === 'done') {
        for (const { resolve } of some) resolve();
        return;
      }
      this.#steps.unshift(...some);
    } catch (cause) {
      for (const { reject } of some) reject(cause);
    }
    // Whether they were done is not known, or nothing can be done yet.
    this.#mustBegin = true;
  }
}
