import type { Clock } from './clock.ts';

const everyMs = 500;

/** How late the event loop is: one timer, and only while somebody is there whom lateness could hurt. */
export class LoopDelay {
  readonly #clock: Clock;
  #watchers = 0;
  #dueMs = 0;
  #lateMs = 0;
  #cancel: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How late the last look was, or how late the next one is already. 0 while nobody watches. */
  get lateMs(): number {
    return this.#cancel === null ? 0 : Math.max(this.#lateMs, this.#clock.now() - this.#dueMs);
  }

  /** Looks from now on, until the returned function is called. */
  watch(): () => void {
    this.#watchers += 1;
    if (this.#cancel === null) this.#look();
    return () => {
      this.#watchers -= 1;
      if (this.#watchers > 0) return;
      this.#cancel?.();
      this.#cancel = null;
      this.#lateMs = 0;
    };
  }

  #look(): void {
    this.#dueMs = this.#clock.now() + everyMs;
    this.#cancel = this.#clock.timer(everyMs, () => {
      this.#lateMs = this.#clock.now() - this.#dueMs;
      this.#look();
    });
  }
}
