/**
 * A place in one channel's log. `epoch` names one life of the log, `offset` counts its kept publications from 1;
 * offset 0 is the place before the first. Positions MUST be compared only within one epoch.
 */
export interface Position {
  readonly epoch: string;
  readonly offset: number;
}

const pattern = /^([0-9A-Za-z]{1,32})\.(0|[1-9][0-9]{0,15})$/;

/** Prints a position in the form users carry around and never look into, for example `k3f9a2.42`. */
export function formatPosition(epoch: string, offset: number): string {
  return `${epoch}.${offset}`;
}

/** Reads the printed form; `null` for anything that {@link formatPosition} cannot have printed. */
export function parsePosition(text: string): Position | null {
  const match = pattern.exec(text);
  if (match === null) return null;
  const offset = Number(match[2]);
  return Number.isSafeInteger(offset) ? { epoch: match[1] ?? '', offset } : null;
}

/** What a server says when it cannot prove that nothing was missed. */
export const gapReasons = ['epoch_changed', 'trimmed', 'ahead', 'too_far', 'unavailable'] as const;

/**
 * Why continuity could not be proven:
 * `epoch_changed` the log was lost and began anew; `trimmed` the publications after the position are no longer kept;
 * `ahead` the position is newer than the log (the server lost its end); `too_far` more is missing than is read at once;
 * `unavailable` the log could not be read.
 */
export type GapReason = (typeof gapReasons)[number];
