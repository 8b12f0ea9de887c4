import type { Schedule, Step } from './schedule.ts';

/**
 * Leaves out steps as long as the schedule still fails: halves first, then smaller pieces, then single steps.
 *
 * @param fails Whether a schedule fails.
 * @param most The most schedules that are tried.
 */
export async function shrink(
  schedule: Schedule,
  fails: (schedule: Schedule) => Promise<boolean>,
  most = 400,
): Promise<Schedule> {
  let steps: readonly Step[] = schedule.steps;
  let left = most;
  for (let size = Math.ceil(steps.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < steps.length && left > 0;) {
      const fewer = [...steps.slice(0, at), ...steps.slice(at + size)];
      left -= 1;
      if (await fails({ ...schedule, steps: fewer })) steps = fewer;
      else at += size;
    }
  }
  return { ...schedule, steps };
}
