import type { VirtualClock } from '@rt/testkit';

/** Lets everything that is already due happen: promises, then turns, until neither asks for more. */
export async function settle(clock: VirtualClock): Promise<void> {
  do {
    await new Promise((resolve) => setImmediate(resolve));
  } while (clock.turn());
}

/** Closes a hub under a virtual clock: many connections are ended in slices, and their time has to pass. */
export async function closeUnder(clock: VirtualClock, hub: { close(): Promise<void> }): Promise<void> {
  let closed = false;
  const closing = hub.close().then(() => {
    closed = true;
  });
  await settle(clock);
  while (!closed) {
    clock.advance(100);
    await settle(clock);
  }
  await closing;
}
