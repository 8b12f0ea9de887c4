import type { Environment } from '../environment.ts';

/** After how long without a word the leader is asked, and how long its answer may take: with chance, together below 2 s. */
const askAfterMs = 700;
const answerWithinMs = 600;
const chanceMs = 300;
/** A timer that comes this much later than it should proves nothing. */
const lateMs = 500;

export interface PatienceActions {
  ask(): void;
  /** The leader does not answer. */
  over(): void;
}

/**
 * Notices that the leader does not answer. A leader in a tab that nobody looks at speaks late by itself, but hears at
 * once: so it is asked. One tab's question is all tabs' question.
 */
export class Patience {
  readonly #environment: Environment;
  readonly #actions: PatienceActions;
  #running = false;
  #asking = false;
  #heardAtMs = 0;
  #cancel: () => void = () => {};

  constructor(environment: Environment, actions: PatienceActions) {
    this.#environment = environment;
    this.#actions = actions;
  }

  begin(): void {
    this.#running = true;
    this.#asking = false;
    this.#ask();
  }

  end(): void {
    this.#running = false;
    this.#cancel();
  }

  /** The leader has said something. */
  heard(): void {
    this.#heardAtMs = this.#environment.now();
    if (!this.#running || !this.#asking) return;
    this.#asking = false;
    this.#listen(askAfterMs);
  }

  /** Somebody has asked. */
  asked(): void {
    if (!this.#running || this.#asking) return;
    this.#asking = true;
    this.#after(answerWithinMs, (late) => {
      this.#asking = false;
      if (late) return this.#ask();
      this.end();
      this.#actions.over();
    });
  }

  #ask(): void {
    this.#actions.ask();
    this.asked();
  }

  #listen(forMs: number): void {
    this.#after(forMs, () => {
      const leftMs = this.#heardAtMs + askAfterMs - this.#environment.now();
      if (leftMs > 0) this.#listen(leftMs);
      else this.#ask();
    });
  }

  #after(ms: number, run: (late: boolean) => void): void {
    this.#cancel();
    const environment = this.#environment;
    const afterMs = ms + environment.random() * chanceMs;
    const dueMs = environment.now() + afterMs;
    this.#cancel = environment.timer(afterMs, () => run(environment.now() > dueMs + lateMs));
  }
}
