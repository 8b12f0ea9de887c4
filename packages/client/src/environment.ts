import type { TabGround } from './share/tab-ground.ts';

/**
 * What the platform tells of itself. `frozen` and `thawed` are the page's going into and out of the browser's memory;
 * `leaving` is its end.
 */
export type Sign = 'online' | 'offline' | 'visible' | 'frozen' | 'thawed' | 'leaving';

/** What a client needs of its platform. Tests pass their own. */
export interface Environment {
  /** Milliseconds that never go back. */
  now(): number;
  /** Calls once, not before so many milliseconds have passed. Returns how to cancel it, which is harmless when late. */
  timer(afterMs: number, run: () => void): () => void;
  /** From 0 (inclusive) to 1 (exclusive). */
  random(): number;
  readonly fetch: typeof fetch;
  /** `null` where there is none. */
  readonly WebSocket: (new (url: string, protocols: string) => WebSocket) | null;
  /** What the tabs of a browser have in common, for `share`. @default the browser's locks and broadcast channels */
  readonly tabs?: TabGround;
  /** Listens to the platform's signs. Returns how to stop. */
  watch(listener: (sign: Sign) => void): () => void;
}

/** The browser, or Node. */
export function platform(): Environment {
  return {
    now: () => performance.now(),
    timer(afterMs, run) {
      // Longer than this a platform cannot wait: it would not wait at all.
      const handle = setTimeout(run, Math.min(afterMs, 2 ** 31 - 1));
      return () => clearTimeout(handle);
    },
    random: Math.random,
    fetch: (...request) => fetch(...request),
    WebSocket: globalThis.WebSocket ?? null,
    watch,
  };
}

/** Node has none of these events, and nothing is lost without them. */
function watch(listener: (sign: Sign) => void): () => void {
  if (typeof globalThis.addEventListener !== 'function' || typeof document === 'undefined') return () => {};
  const stop = new AbortController();
  const on = (target: EventTarget, type: string, sign: (event: PageTransitionEvent) => Sign | null): void =>
    target.addEventListener(type, (event) => listen(sign(event as PageTransitionEvent)), stop);
  const listen = (sign: Sign | null): void => {
    if (sign !== null) listener(sign);
  };
  on(globalThis, 'online', () => 'online');
  on(globalThis, 'offline', () => 'offline');
  on(document, 'visibilitychange', () => (document.hidden ? null : 'visible'));
  on(globalThis, 'pagehide', ({ persisted }) => (persisted ? 'frozen' : 'leaving'));
  // A page that nobody looks at may be stopped by the browser, also where it is.
  on(document, 'freeze', () => 'frozen');
  on(document, 'resume', () => 'thawed');
  on(globalThis, 'pageshow', ({ persisted }) => (persisted ? 'thawed' : null));
  return () => stop.abort();
}
