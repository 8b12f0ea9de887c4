import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Ending, Listed } from './channels.ts';
import type { Answer } from './corpus/answer.ts';
import { tokensOf } from './tokens.ts';

/** Where answers are written to. */
export interface Paper {
  readonly asked: (replyId: string, question: string, sources: readonly string[]) => Promise<unknown>;
  readonly token: (replyId: string, token: string) => Promise<unknown>;
  readonly end: (replyId: string, how: Ending, tokens: number) => Promise<unknown>;
  readonly listed: (reply: Listed) => Promise<unknown>;
  readonly forgotten: (replyId: string) => Promise<unknown>;
}

export interface RepliesOptions {
  readonly paper: Paper;
  readonly answer: (question: string) => Answer;
  /** How long an answer is kept after its end, in milliseconds. */
  readonly keptMs: number;
  /** How long to wait before a token, in milliseconds. */
  readonly paceMs: (token: string) => number;
}

interface Reply {
  readonly text: string;
  readonly ending: AbortController;
  state: Listed['state'];
  /** Forgets it in time. */
  timer?: NodeJS.Timeout;
}

/** The most answers that are written at the same time. */
const mostAtOnce = 20;
/** The most that are kept; the oldest is forgotten for a new one. */
const mostKept = 60;

/** The answers that are kept, each written to its channel a token at a time. */
export class Replies {
  readonly #options: RepliesOptions;
  readonly #replies = new Map<string, Reply>();
  readonly #writing = new Set<Promise<void>>();

  constructor(options: RepliesOptions) {
    this.#options = options;
  }

  has(replyId: string): boolean {
    return this.#replies.has(replyId);
  }

  /** What an answer is to be when it is whole. */
  textOf(replyId: string): string | null {
    return this.#replies.get(replyId)?.text ?? null;
  }

  /** Begins to answer. Returns the id of the answer, or `null` if too many are being written. */
  ask(question: string): string | null {
    if (this.#writing.size >= mostAtOnce) return null;
    const { text, sources } = this.#options.answer(question);
    const replyId = randomBytes(4).toString('hex');
    const reply: Reply = { text, ending: new AbortController(), state: 'writing' };
    this.#forgetOldest();
    this.#replies.set(replyId, reply);
    const writing = this.#write(replyId, reply, question, sources).catch((error: unknown) => {
      console.error(`The answer ${replyId} could not be written:`, error);
    });
    this.#writing.add(writing);
    void writing.then(() => this.#writing.delete(writing));
    return replyId;
  }

  /** Ends an answer for everybody. Returns whether there was something to end. */
  stop(replyId: string): boolean {
    const reply = this.#replies.get(replyId);
    if (reply?.state !== 'writing') return false;
    reply.ending.abort('stopped' satisfies Ending);
    return true;
  }

  /** Ends all that are being written, and resolves when their last word is said. */
  async close(): Promise<void> {
    for (const { ending } of this.#replies.values()) ending.abort('shutdown' satisfies Ending);
    await Promise.all(this.#writing);
    for (const { timer } of this.#replies.values()) clearTimeout(timer);
  }

  async #write(replyId: string, reply: Reply, question: string, sources: readonly string[]): Promise<void> {
    const { paper, paceMs } = this.#options;
    const { signal } = reply.ending;
    const askedAtMs = Date.now();
    const list = (tokens: number): Promise<unknown> =>
      paper.listed({ replyId, question, state: reply.state, tokens, askedAtMs });
    await paper.asked(replyId, question, sources);
    await list(0);
    let written = 0;
    for (const token of tokensOf(reply.text)) {
      await pause(paceMs(token), null, { signal }).catch(() => {});
      if (signal.aborted) break;
      await paper.token(replyId, token);
      written += 1;
    }
    reply.state = signal.aborted ? (signal.reason as Ending) : 'done';
    await paper.end(replyId, reply.state, written);
    await list(written);
    if (reply.state !== 'shutdown') reply.timer = setTimeout(() => this.#forget(replyId), this.#options.keptMs);
  }

  #forgetOldest(): void {
    const oldest = [...this.#replies].find(([, { state }]) => state !== 'writing')?.[0];
    if (this.#replies.size >= mostKept && oldest !== undefined) this.#forget(oldest);
  }

  #forget(replyId: string): void {
    clearTimeout(this.#replies.get(replyId)?.timer);
    this.#replies.delete(replyId);
    this.#options.paper.forgotten(replyId).catch((error: unknown) => console.error('The list was not told:', error));
  }
}
