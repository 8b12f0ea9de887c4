/** What the tabs of a browser have in common. Tests pass their own. */
export interface TabGround {
  /**
   * Asks for a lock that one tab has at a time, and keeps it. Waits for its turn, or steals it from whoever has it.
   *
   * @returns how to let go of it, or to wait no longer; then nothing is called any more
   */
  lock(name: string, how: 'wait' | 'steal', events: LockEvents): () => void;
  /** Talks to the other tabs. Words of one tab arrive in the order in which they were said, and never at itself. */
  talk(name: string, heard: (word: unknown) => void): Talk;
}

export interface LockEvents {
  held(): void;
  /** Another tab has stolen it. */
  stolen(): void;
}

export interface Talk {
  say(word: unknown): void;
  close(): void;
}

/** The browser's Web Locks and broadcast channels; `null` where there are none. Node has both, and no tabs. */
export function browserGround(): TabGround | null {
  const { locks } = globalThis.navigator ?? {};
  if (typeof document === 'undefined' || locks === undefined || typeof BroadcastChannel !== 'function') return null;
  return {
    lock(name, how, events) {
      let release = (): void => {};
      const released = new Promise<void>((resolve) => (release = resolve));
      const stop = new AbortController();
      const own = (): Promise<void> => {
        if (!stop.signal.aborted) events.held();
        return released;
      };
      // The platform takes a signal only from those who wait.
      const options = how === 'steal' ? { steal: true } : { signal: stop.signal };
      locks.request(name, options, own).catch(() => {
        if (!stop.signal.aborted) events.stolen();
      });
      return () => {
        stop.abort();
        release();
      };
    },
    talk(name, heard) {
      const channel = new BroadcastChannel(name);
      channel.onmessage = ({ data }: MessageEvent<unknown>) => heard(data);
      return { say: (word) => channel.postMessage(word), close: () => channel.close() };
    },
  };
}
