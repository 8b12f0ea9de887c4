import type { GapReason } from '@rt/protocol';
import { FlushListeners } from './flush-listeners.ts';
import type { ErrorStage, Observer } from './observer.ts';

/** How it went for a reader who came with a position: nothing was missing, or why something was. */
export type Recovery = 'recovered' | GapReason;

const noGaps: Record<GapReason, number> = { epoch_changed: 0, trimmed: 0, ahead: 0, too_far: 0, unavailable: 0 };

/** Counts what happens in a hub: numbers that only rise, and cost no more than that where it happens. */
export class Tally {
  /** Publications that were stored by a call here, without repetitions. */
  kept = 0;
  /** Ephemeral publications that were made here. */
  ephemeral = 0;
  /** Publications that were handed to connections. */
  delivered = 0;
  readonly recoveries: Record<Recovery, number> = { recovered: 0, ...noGaps };
  readonly gaps: Record<GapReason, number> = { ...noGaps };
  readonly errors: Record<ErrorStage, number> = {
    user: 0,
    token: 0,
    rule: 0,
    handler: 0,
    broker: 0,
    bus: 0,
    presence: 0,
    listener: 0,
    request: 0,
    transport: 0,
  };
  readonly flushes: FlushListeners = new FlushListeners();

  /** An observer that counts what it passes on. */
  counting(observer: Observer): Observer {
    return (event) => {
      if (event.type === 'error') this.errors[event.stage] += 1;
      else if (event.type === 'gap') this.gaps[event.reason] += 1;
      observer(event);
    };
  }
}
