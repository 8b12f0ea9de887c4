import type { ErrorBody, Position, ServerFrame } from '@rt/protocol';
import { parsePosition } from '@rt/protocol';
import type { Client, Surroundings } from './client.ts';
import { retryMs } from './client.ts';
import type { Wire } from './wire.ts';
import type { Wish } from './wish.ts';
import { wishFields } from './wish.ts';

/** Publishes with requests that stand alone: one at a time, and sent again with its key if it is not answered. */
export class PostClient implements Client {
  readonly kind = 'post';
  readonly user: string;
  readonly #around: Surroundings;
  /** What is to be sent, the next one first. */
  readonly #queue: Wish[] = [];
  readonly #last = new Map<string, Position>();
  #underWay = false;
  #retryAtMs = 0;

  constructor(user: string, around: Surroundings) {
    this.user = user;
    this.#around = around;
  }

  act(): void {
    const { journal } = this.#around;
    const [wish] = this.#queue;
    if (this.#underWay || wish === undefined || journal.atMs < this.#retryAtMs) return;
    // Without a key it is sent once: a repetition would be another publication.
    if (wish.key === null) this.#queue.shift();
    this.#send(wish);
  }

  /** The place of what it has published last. */
  placeIn(channel: string): Position | null {
    return this.#last.get(channel) ?? null;
  }

  publish(wish: Wish): void {
    this.#around.wish(wish);
    this.#queue.push(wish);
  }

  /** Whether it has nothing more to publish. */
  get idle(): boolean {
    return !this.#underWay && this.#queue.length === 0;
  }

  hope(): void {}

  seek(): void {}

  leave(): void {
    this.#queue.length = 0;
  }

  fault(): string | null {
    return this.#underWay ? 'was never answered' : null;
  }

  #send(wish: Wish): void {
    const { journal, network } = this.#around;
    const fail = (why: string): void => journal.fail(`${this.user}: ${why}`);
    const frame = { type: 'publish', id: 1, channel: wish.channel, ...wishFields(wish) };
    const body = `${JSON.stringify(frame)}\n`;
    this.#underWay = true;
    const wire = network.open(
      this.user,
      { method: 'POST', query: '', headers: { accept: 'application/json' }, body },
      {
        head: () => fail('a post was answered with a stream'),
        received: () => fail('a post was answered with a stream'),
        replied: (status, text) => {
          if (status === 200) this.#answered(wish, JSON.parse(text) as ServerFrame, wire);
          else this.#refused(wish, (JSON.parse(text) as { error: ErrorBody }).error);
        },
        closed: () => {
          this.#underWay = false;
          if (this.#queue[0] === wish) this.#retryAtMs = journal.atMs + retryMs;
        },
      },
    );
    wish.attempts.push({ talk: wire.name, id: 1 });
  }

  #answered(wish: Wish, frame: ServerFrame, wire: Wire): void {
    if (frame.type === 'error') return this.#refused(wish, frame.error);
    if (frame.type === 'published' && frame.position === null && wish.event === 'waved') return this.#done(wish);
    const position = frame.type === 'published' ? parsePosition(frame.position ?? '') : null;
    const ledger = wire.host?.ledger;
    if (position === null || ledger === undefined) {
      return this.#around.journal.fail(`${this.user}: a publication was answered with ${frame.type}`);
    }
    wish.answers.push({ position, ledger });
    this.#last.set(wish.channel, position);
    this.#done(wish);
  }

  #refused(wish: Wish, error: ErrorBody): void {
    wish.refusals.push(error);
    if (!error.retryable) this.#done(wish);
  }

  #done(wish: Wish): void {
    const at = this.#queue.indexOf(wish);
    if (at !== -1) this.#queue.splice(at, 1);
  }
}
