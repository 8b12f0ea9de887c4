import type { Clock } from '@rt/core';
import { systemClock } from '@rt/core';

/** The platform's clock, and how many timers are set: those of a hub keep no process alive, so Node does not tell of them. */
export function countedClock(): { readonly clock: Clock; readonly timers: () => number } {
  const set = new Set<object>();
  const clock: Clock = {
    ...systemClock,
    timer(afterMs, run) {
      const one = {};
      set.add(one);
      const cancel = systemClock.timer(afterMs, () => {
        set.delete(one);
        run();
      });
      return () => {
        set.delete(one);
        cancel();
      };
    },
  };
  return { clock, timers: () => set.size };
}
