import type { VirtualClock } from '@rt/testkit';

/** Lets everything that is already due happen: promises, then turns, until neither asks for more. */
export async function settle(clock: VirtualClock): Promise<void> {
  do {
    await new Promise((resolve) => setImmediate(resolve));
  } while (clock.turn());
}
