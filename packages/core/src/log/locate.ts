import type { GapReason, Start } from '@rt/protocol';

/**
 * The extent of a log at one moment. `floor` is the oldest place that a reader can go on from and miss nothing: the
 * place before the oldest publication that is kept. `top` is the place of the newest. An empty log has `floor === top`.
 */
export interface Head {
  readonly epoch: string;
  readonly floor: number;
  readonly top: number;
  /** Whether the newest of each subject is kept: then whoever begins at 0 is told all that is true. */
  readonly newestOnly: boolean;
}

/** Where one begins who wants all that is kept. */
export function startOf({ floor, newestOnly }: Head): number {
  return newestOnly ? 0 : floor;
}

/** The place to read on from, and the reason if it is not the place that was asked for. */
export interface Place {
  readonly offset: number;
  readonly gap: GapReason | null;
}

/**
 * The verdict on a start: pure, and the only place where it is made.
 * It is `gap: null` only if every publication after the asked place is still there. After a gap the reader goes on
 * from the start, so that whatever is kept still arrives; a reader that is ahead of the log goes on from its top, unless
 * the log can tell it all that is true.
 */
export function locate(start: Start, head: Head): Place {
  switch (start.type) {
    case 'live':
      return { offset: head.top, gap: null };
    case 'start':
      return { offset: startOf(head), gap: null };
    case 'last':
      return { offset: Math.max(head.floor, head.top - start.count), gap: null };
    case 'after': {
      const { epoch, offset } = start.position;
      if (epoch !== head.epoch) return { offset: startOf(head), gap: 'epoch_changed' };
      if (offset > head.top) return { offset: head.newestOnly ? 0 : head.top, gap: 'ahead' };
      if (offset < head.floor && offset !== startOf(head)) return { offset: startOf(head), gap: 'trimmed' };
      return { offset, gap: null };
    }
  }
}
