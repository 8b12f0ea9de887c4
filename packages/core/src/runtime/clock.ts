/** Time as the hub sees it. The whole engine runs on one clock, so that a simulator can drive it. */
export interface Clock {
  /** Milliseconds since some fixed moment. MUST never go back. */
  now(): number;
  /**
   * Runs `run` once, not before `afterMs` have passed, and returns its cancel, which is harmless when called late or
   * twice. A pending timer MUST NOT keep the process alive.
   */
  timer(afterMs: number, run: () => void): () => void;
  /** Runs `run` once, after everything that is due in this turn of the event loop. It cannot be cancelled. */
  nextTurn(run: () => void): void;
}

/** A number from 0 (inclusive) to 1 (exclusive). */
export type Random = () => number;

interface Platform {
  readonly setImmediate?: (run: () => void) => unknown;
  readonly crypto?: { randomUUID?(): string };
}

/** The longest that the platform can wait at once (24.8 days): anything longer would be over at once. */
const maxTimeoutMs = 2_147_483_647;

/** The clock of the platform. */
export const systemClock: Clock = {
  now: () => performance.now(),
  timer(afterMs, run) {
    let handle: unknown;
    const wait = (leftMs: number): void => {
      const stepMs = Math.min(leftMs, maxTimeoutMs);
      handle = setTimeout(() => (leftMs > stepMs ? wait(leftMs - stepMs) : run()), stepMs);
      if (canUnref(handle)) handle.unref();
    };
    wait(afterMs);
    return () => clearTimeout(handle as ReturnType<typeof setTimeout>);
  },
  nextTurn(run) {
    const { setImmediate } = globalThis as Platform;
    if (setImmediate === undefined) setTimeout(run, 0);
    else setImmediate(run);
  },
};

function canUnref(handle: unknown): handle is { unref(): void } {
  return typeof handle === 'object' && handle !== null && 'unref' in handle;
}

/** A text of `length` characters out of `0-9a-z`, for names that only must not repeat. */
export function randomText(random: Random, length: number): string {
  let text = '';
  while (text.length < length) text += Math.floor(random() * 36).toString(36);
  return text;
}

/** 122 bits from the platform's source of secrets. @throws Error where the platform has none. */
export function randomSecret(): string {
  const secret = (globalThis as Platform).crypto?.randomUUID?.();
  if (secret === undefined) throw new Error('this platform has no crypto.randomUUID; pass runtime.secret to createHub');
  return secret.replaceAll('-', '');
}
