import type { ErrorBody } from '@rt/protocol';
import { retryMs } from './client.ts';
import type { Talk } from './talk.ts';

/** What a client shows in a channel, and from when on it may say so again. */
interface Want {
  readonly state: number;
  readonly fromMs: number;
}

/** Where a client wants to be a member, over all its connections. */
export class Attending {
  readonly #wants = new Map<string, Want>();

  enter(channel: string, state: number): void {
    this.#wants.set(channel, { state, fromMs: 0 });
  }

  /** It wants to be there no more, or may not. */
  leave(channel: string): void {
    this.#wants.delete(channel);
  }

  refused(channel: string, { retryable }: ErrorBody, atMs: number): void {
    const want = this.#wants.get(channel);
    if (want === undefined) return;
    if (retryable) this.#wants.set(channel, { ...want, fromMs: atMs + retryMs });
    else this.#wants.delete(channel);
  }

  /** What it has to say in a talk. */
  due(talk: Talk, atMs: number): readonly (readonly [channel: string, state: number])[] {
    return [...this.#wants]
      .filter(([channel, { state, fromMs }]) => atMs >= fromMs && talk.entered.get(channel) !== state)
      .filter(([channel]) => !talk.waitsFor('enter', channel))
      .map(([channel, { state }]) => [channel, state]);
  }

  /** Where it wants to be and is not, or `null`. */
  fault(talk: Talk): string | null {
    for (const [channel, { state }] of this.#wants) {
      if (talk.entered.get(channel) !== state) return `is no member of ${channel} that shows ${state}`;
    }
    return null;
  }
}
