import type { PresenceSink } from '@rt/core';
import type { PartitionCalls } from './partition-calls.ts';
import { take } from './telling-scripts.ts';
import type { ToldChange } from './told-change.ts';
import { parseChange } from './told-change.ts';

/** How many changes are told at once. */
const maxGiven = 100;

interface Given {
  readonly sequence: number;
  readonly taken: Promise<void>;
  done: boolean;
}

/**
 * Tells the changes of one partition, for as long as this node is the one that does. What is told is let go of only when it
 * was taken: if the node ends before, another one tells it again.
 */
export class Telling {
  readonly #calls: PartitionCalls;
  readonly #sink: PresenceSink;
  #running = false;
  #again = false;
  #closed = false;
  #missed = 0;
  #upTo = 0;

  constructor(calls: PartitionCalls, sink: PresenceSink) {
    this.#calls = calls;
    this.#sink = sink;
  }

  /** There may be something to tell. */
  wake(): void {
    this.#again = true;
    if (!this.#running) void this.#run();
  }

  /** Nothing is told any more. Resolves to the sequence up to which all was taken by then. */
  async close(): Promise<number> {
    this.#closed = true;
    // What was taken in this very turn counts.
    await new Promise(setImmediate);
    return this.#upTo;
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      while (this.#again && !this.#closed) {
        this.#again = false;
        const changes = await this.#next(maxGiven);
        if (changes.length > 0) await this.#tell(changes);
      }
    } catch (cause) {
      // It is tried again with the next tending.
      this.#again = false;
      this.#sink.troubled(cause);
    }
    this.#running = false;
  }

  /** Lets go of what was taken, and gets what comes next. */
  async #next(limit: number): Promise<readonly ToldChange[]> {
    const { word, rest } = await this.#calls.call(take, [String(this.#upTo), String(this.#missed), String(limit)]);
    if (word !== 'told' || this.#closed) return [];
    const [missed, texts] = rest as readonly [number, readonly string[]];
    this.#missed = limit > 0 ? missed : 0;
    if (this.#missed > 0) this.#sink.missed(this.#missed);
    if (texts.length > 0 || this.#missed > 0) this.#again = true;
    return texts.map(parseChange);
  }

  async #tell(changes: readonly ToldChange[]): Promise<void> {
    let letGoOf = this.#upTo;
    for (const { sequence, taken, done } of changes.map((change) => this.#give(change))) {
      // Whoever takes long over this one has taken the others.
      if (!done && this.#upTo > letGoOf && !this.#closed) {
        await this.#next(0);
        letGoOf = this.#upTo;
      }
      await taken;
      this.#upTo = sequence;
    }
  }

  #give({ place, change }: ToldChange): Given {
    const given: { sequence: number; taken: Promise<void>; done: boolean } = {
      sequence: change.sequence,
      done: false,
      taken: this.#sink.changed(place, change).then(() => {
        given.done = true;
      }),
    };
    return given;
  }
}
