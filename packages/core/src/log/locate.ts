import type { GapReason, Start } from '@rt/protocol';

/**
 * The extent of a log at one moment. `floor` is the place before the oldest publication that is kept: the oldest
 * place from which nothing is missing. `top` is the place of the newest. An empty log has `floor === top`.
 */
export interface Head {
  readonly epoch: string;
  readonly floor: number;
  readonly top: number;
}

/** The place to read on from, and the reason if it is not the place that was asked for. */
export interface Place {
  readonly offset: number;
  readonly gap: GapReason | null;
}

/**
 * The verdict on a start: pure, and the only place where it is made.
 * It is `gap: null` only if every publication after the asked place is still there. After a gap the reader goes on
 * from the floor, so that whatever is kept still arrives; a reader that is ahead of the log goes on from its top.
 */
export function locate(start: Start, head: Head): Place {
  switch (start.type) {
    case 'live':
      return { offset: head.top, gap: null };
    case 'start':
      return { offset: head.floor, gap: null };
    case 'last':
      return { offset: Math.max(head.floor, head.top - start.count), gap: null };
    case 'after': {
      const { epoch, offset } = start.position;
      if (epoch !== head.epoch) return { offset: head.floor, gap: 'epoch_changed' };
      if (offset > head.top) return { offset: head.top, gap: 'ahead' };
      if (offset < head.floor) return { offset: head.floor, gap: 'trimmed' };
      return { offset, gap: null };
    }
  }
}
