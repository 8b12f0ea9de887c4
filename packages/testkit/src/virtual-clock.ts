import type { Clock } from '@rt/core';

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** A clock that stands still until it is told to go on. */
export interface VirtualClock extends Clock {
  /** Runs what `nextTurn` was given so far. True if there was anything. */
  turn(): boolean;
  /** Lets time pass: runs due timers in the order of their times, each at its time, with the turns they ask for. */
  advance(byMs: number): void;
  /** How many timers and turns are waiting. A hub that is closed leaves none. */
  readonly waiting: number;
}

/** Creates a virtual clock at time 0. */
export function createVirtualClock(): VirtualClock {
  let nowMs = 0;
  let order = 0;
  let turns: (() => void)[] = [];
  const timers = new Set<Timer>();

  function turn(): boolean {
    const due = turns;
    turns = [];
    for (const run of due) run();
    return due.length > 0;
  }

  function nextTimer(untilMs: number): Timer | null {
    let next: Timer | null = null;
    for (const timer of timers) {
      const sooner = next === null || timer.atMs < next.atMs || (timer.atMs === next.atMs && timer.order < next.order);
      if (timer.atMs <= untilMs && sooner) next = timer;
    }
    return next;
  }

  return {
    now: () => nowMs,
    timer(afterMs, run) {
      order += 1;
      const timer: Timer = { atMs: nowMs + Math.max(0, afterMs), order, run };
      timers.add(timer);
      return () => {
        timers.delete(timer);
      };
    },
    nextTurn(run) {
      turns.push(run);
    },
    turn,
    advance(byMs) {
      const untilMs = nowMs + byMs;
      for (let timer = nextTimer(untilMs); timer !== null; timer = nextTimer(untilMs)) {
        timers.delete(timer);
        nowMs = timer.atMs;
        timer.run();
        turn();
      }
      nowMs = untilMs;
    },
    get waiting() {
      return timers.size + turns.length;
    },
  };
}
