import type { BusSink } from '@rt/core';
import type { BusMessage } from './bus-message.ts';
import type { Say } from './asking.ts';

interface Question {
  /** When the one who asks was heard to wait for it. */
  wantedAtMs: number;
  answer: Extract<BusMessage, { readonly type: 'answer' }> | null;
  /** Calls what waits for the end of the waiting. */
  gone: () => void;
}

/** After how long a silence the one who asks is taken for gone. */
const goneAfterMs = 10_000;

/** The questions of other nodes, each given to the sink once, with the answers as long as they may be asked for again. */
export class Answering {
  readonly #self: string;
  readonly #say: Say;
  readonly #nowMs: () => number;
  readonly #sink: BusSink;
  /** By the node that asks, and then by its number. */
  readonly #questions = new Map<string, Map<number, Question>>();

  constructor(self: string, say: Say, nowMs: () => number, sink: BusSink) {
    this.#self = self;
    this.#say = say;
    this.#nowMs = nowMs;
    this.#sink = sink;
  }

  take({ from, id, text }: Extract<BusMessage, { readonly type: 'ask' }>): void {
    let questions = this.#questions.get(from);
    if (questions === undefined) this.#questions.set(from, (questions = new Map()));
    if (questions.has(id)) return;
    const question: Question = { wantedAtMs: this.#nowMs(), answer: null, gone: () => {} };
    questions.set(id, question);
    const waits = (run: () => void): void => {
      const before = question.gone;
      question.gone = () => {
        before();
        run();
      };
    };
    const answer = (told: string | null): void => {
      question.answer = { type: 'answer', from: this.#self, id, text: told };
      question.gone = () => {};
      if (this.#questions.get(from)?.has(id) === true) void this.#say(from, question.answer);
    };
    this.#sink.asked(text, waits).then(answer, (cause: unknown) => {
      this.#sink.troubled(cause);
      answer(null);
    });
  }

  /** Somebody waits: whatever was answered was lost on its way, and what is not known here has to be asked again. */
  waited({ from, ids }: Extract<BusMessage, { readonly type: 'waiting' }>): void {
    const questions = this.#questions.get(from);
    const unknown: number[] = [];
    for (const id of ids) {
      const question = questions?.get(id);
      if (question === undefined) unknown.push(id);
      else {
        question.wantedAtMs = this.#nowMs();
        if (question.answer !== null) void this.#say(from, question.answer);
      }
    }
    void this.#say(from, { type: 'alive', from: this.#self, unknown });
  }

  dropped({ from, id }: Extract<BusMessage, { readonly type: 'dropped' }>): void {
    this.#forget(from, id);
  }

  /** Once in a while: lets go of what nobody waits for any more. */
  tend(): void {
    const untilMs = this.#nowMs() - goneAfterMs;
    for (const [from, questions] of this.#questions) {
      for (const [id, { wantedAtMs }] of questions) if (wantedAtMs <= untilMs) this.#forget(from, id);
      if (questions.size === 0) this.#questions.delete(from);
    }
  }

  #forget(from: string, id: number): void {
    const question = this.#questions.get(from)?.get(id);
    this.#questions.get(from)?.delete(id);
    question?.gone();
  }
}
