import { RtError } from '@rt/protocol';
import type { Replies } from './replies.ts';

/** The most of them that are made at once. */
const maxAtOnce = 4;
/** After how many characters that are still to be written no more is made. */
const maxWaitingChars = 4_194_304;

/** Answers that may be pages: all those that one message asks for, made at once, would be hundreds of megabytes. */
export class LargeAnswers {
  readonly #replies: Replies;
  readonly #waiting: (() => void)[] = [];
  #underWay = 0;

  constructor(replies: Replies) {
    this.#replies = replies;
  }

  /** Makes an answer and says it. @throws RtError `rate_limited` if there is much to be said already. */
  async say(make: () => Promise<string>): Promise<void> {
    if (this.#underWay === maxAtOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#underWay += 1;
    try {
      if (this.#replies.waitingChars >= maxWaitingChars) {
        throw new RtError('rate_limited', 'much is still to be said here; wait for some answers, and ask again');
      }
      this.#replies.say(await make());
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#underWay -= 1;
      else next();
    }
  }
}
