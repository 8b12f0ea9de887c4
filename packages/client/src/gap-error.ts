import type { Gap } from './channel-core.ts';

/** Publications that a reader wanted are no longer kept. */
export class GapError extends Error {
  override readonly name = 'GapError';
  readonly gap: Gap;

  constructor(channel: string, gap: Gap) {
    super(`publications of "${channel}" after ${gap.after} are missing: ${gap.reason}; read on from ${gap.position}`);
    this.gap = gap;
  }
}
