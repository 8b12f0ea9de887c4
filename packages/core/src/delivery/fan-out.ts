import type { Batch } from './batch.ts';
import type { Cursor, LocalChannel } from './local-channel.ts';

/** One batch on its way to all cursors of its channel, from the last to the first, as far as each turn's share goes. */
export class FanOut {
  readonly channel: LocalChannel;
  readonly batch: Batch;
  #left: number;

  constructor(channel: LocalChannel, batch: Batch) {
    this.channel = channel;
    this.batch = batch;
    this.#left = channel.cursors.length;
  }

  /** How many cursors have still to be visited. */
  get left(): number {
    // Cursors may have left since; those that came since are ahead of the batch.
    return Math.min(this.#left, this.channel.cursors.length);
  }

  /** The next cursor, or `null` when all have been visited. */
  peek(): Cursor | null {
    return this.channel.cursors[this.left - 1] ?? null;
  }

  /** Counts the next cursor as visited. */
  pass(): void {
    this.#left = this.left - 1;
  }
}
