import type { Environment } from './environment.ts';

/** What is done about silence. */
export interface LivenessActions {
  /** Says something that is answered at once. */
  ask(): void;
  /** Nobody is there any more. */
  dead(): void;
}

/** How much longer than the server's longest silence we wait, and how long an answer may then take. */
const patienceMs = 10_000;
const answerWithinMs = 3000;
/** The longest silence where the server names none: as long as it holds a poll back. */
const silenceMs = 25_000;

/**
 * Notices a connection that is dead without a word. A timer of a page that nobody looks at comes late, and so proves
 * nothing: after too long a silence the server is asked, and only if it does not answer it is gone.
 */
export class Liveness {
  readonly #environment: Environment;
  readonly #actions: LivenessActions;
  #silenceMs = 0;
  #heardAtMs = 0;
  #asking = false;
  #cancelListen: () => void = () => {};
  #speakEveryMs: number | null = null;
  #cancelSpeak: () => void = () => {};

  constructor(environment: Environment, actions: LivenessActions) {
    this.#environment = environment;
    this.#actions = actions;
  }

  begin({
    heartbeatMs,
    speakWithinMs,
  }: {
    readonly heartbeatMs: number | null;
    readonly speakWithinMs: number | null;
  }): void {
    this.#silenceMs = (heartbeatMs ?? silenceMs) + patienceMs;
    this.#speakEveryMs = speakWithinMs === null ? null : speakWithinMs / 2;
    this.#heardAtMs = this.#environment.now();
    this.#listen(this.#silenceMs);
    this.said();
  }

  end(): void {
    this.#silenceMs = 0;
    this.#speakEveryMs = null;
    this.#asking = false;
    this.#cancelListen();
    this.#cancelSpeak();
  }

  heard(): void {
    this.#heardAtMs = this.#environment.now();
    if (!this.#asking) return;
    this.#asking = false;
    this.#listen(this.#silenceMs);
  }

  said(): void {
    if (this.#speakEveryMs === null) return;
    this.#cancelSpeak();
    this.#cancelSpeak = this.#environment.timer(this.#speakEveryMs, () => this.#actions.ask());
  }

  /** Something speaks against it: the server is asked at once. */
  doubt(): void {
    if (this.#silenceMs === 0 || this.#asking) return;
    this.#asking = true;
    this.#actions.ask();
    this.#cancelListen();
    this.#cancelListen = this.#environment.timer(answerWithinMs, () => this.#actions.dead());
  }

  #listen(forMs: number): void {
    this.#cancelListen();
    this.#cancelListen = this.#environment.timer(forMs, () => {
      const leftMs = this.#heardAtMs + this.#silenceMs - this.#environment.now();
      if (leftMs > 0) this.#listen(leftMs);
      else this.doubt();
    });
  }
}
