import type { RequestHub } from '@rt/core';
import type { VirtualClock } from '@rt/testkit';

/** What a page is told of a lock. */
export interface LockEvents {
  held(): void;
  stolen(): void;
}

/** A page, as its browser sees it. */
export interface BrowserPage {
  readonly state: 'running' | 'frozen' | 'dead';
  run(what: () => void): void;
}

interface Claim {
  readonly page: BrowserPage;
  readonly events: LockEvents;
}

interface Listener {
  readonly page: BrowserPage;
  readonly heard: (word: unknown) => void;
  /** When the last word arrives that is on its way. */
  lastMs: number;
}

/** A browser in memory: its pages have locks and broadcast channels in common, which take a little while. */
export class MemoryBrowser {
  readonly clock: VirtualClock;
  readonly random: () => number;
  readonly user: unknown = { id: 'ada' };
  /** How long something takes to the hub and back, each way at most. */
  readonly latencyMs = 20;
  /** `null` while the server cannot be reached. */
  hub: RequestHub | null;
  readonly #claims = new Map<string, Claim[]>();
  readonly #listeners = new Map<string, Set<Listener>>();

  constructor(clock: VirtualClock, random: () => number, hub: RequestHub) {
    this.clock = clock;
    this.random = random;
    this.hub = hub;
  }

  /** The page that has a lock of this name. */
  holder(name: string): BrowserPage | null {
    return this.#claims.get(name)?.[0]?.page ?? null;
  }

  lock(name: string, how: 'wait' | 'steal', events: LockEvents, page: BrowserPage): () => void {
    const claims = this.#claims.get(name) ?? [];
    this.#claims.set(name, claims);
    let over = false;
    const own: Claim = {
      page,
      events: { held: () => over || events.held(), stolen: () => over || events.stolen() },
    };
    if (how === 'steal') {
      const [robbed] = claims.splice(0, 1, own);
      if (robbed !== undefined) this.#soon(() => robbed.events.stolen());
      this.#soon(() => claims[0] === own && own.events.held());
    } else {
      claims.push(own);
      if (claims[0] === own) this.#grant(claims);
    }
    return () => {
      over = true;
      this.#release(claims, own);
    };
  }

  talk(name: string, heard: (word: unknown) => void, page: BrowserPage) {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    const own: Listener = { page, heard, lastMs: 0 };
    listeners.add(own);
    return {
      say: (word: unknown) => {
        const copy = structuredClone(word);
        for (const listener of listeners) {
          if (listener === own) continue;
          listener.lastMs = Math.max(listener.lastMs, this.clock.now() + this.random() * 2);
          this.clock.timer(listener.lastMs - this.clock.now(), () => {
            if (listeners.has(listener)) listener.page.run(() => listeners.has(listener) && heardBy(listener, copy));
          });
        }
      },
      close: () => void listeners.delete(own),
    };
  }

  /** A page is dead: what it had goes to others. */
  died(page: BrowserPage): void {
    for (const claims of this.#claims.values()) {
      for (const claim of claims.filter((one) => one.page === page)) this.#release(claims, claim);
    }
    for (const listeners of this.#listeners.values()) {
      for (const listener of listeners) if (listener.page === page) listeners.delete(listener);
    }
  }

  #release(claims: Claim[], claim: Claim): void {
    const index = claims.indexOf(claim);
    if (index === -1) return;
    claims.splice(index, 1);
    if (index === 0) this.#grant(claims);
  }

  #grant(claims: readonly Claim[]): void {
    const [next] = claims;
    if (next !== undefined) this.#soon(() => claims[0] === next && next.events.held());
  }

  #soon(run: () => void): void {
    this.clock.timer(this.random() * 2, run);
  }
}

function heardBy({ heard }: Listener, word: unknown): void {
  heard(structuredClone(word));
}
