import type { Book } from './book.ts';
import type { NodeProcess } from './node-process.ts';
import type { Watch } from './watch.ts';

/** What all who take part have in common. */
export interface Stage {
  readonly book: Book;
  readonly random: () => number;
  readonly attendance: Attendance;
  /** All nodes; some may be away. */
  readonly nodes: readonly NodeProcess[];
  /** Aborted when it is over: everybody becomes quiet. */
  readonly over: AbortSignal;
  /** Somebody has become quiet because it is over. Resolves when everybody may go. */
  readonly rest: (watches: readonly Watch[]) => Promise<void>;
  readonly did: Tally;
}

/** How often each thing was done, for the report. */
export class Tally {
  readonly counts = new Map<string, number>();

  count(what: string, times = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + times);
  }
}

/** Who is a member where, and who is none any more since when. */
export class Attendance {
  readonly present = new Map<string, string>();
  readonly gone = new Map<string, number>();

  entered(user: string, room: string): void {
    this.present.set(user, room);
    this.gone.delete(user);
  }

  left(user: string): void {
    if (this.present.delete(user)) this.gone.set(user, Date.now());
  }
}

export const pick = <T>(random: () => number, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;

/** So that things take their time. Shorter if it is over. */
export async function pause(ms: number, until: AbortSignal): Promise<void> {
  if (until.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      until.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    until.addEventListener('abort', done);
  });
}
