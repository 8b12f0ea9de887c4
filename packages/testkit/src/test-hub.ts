import type { Channels, EventsByPattern, Hub, HubOptions, User } from '@rt/core';
import { createHub, memoryBroker } from '@rt/core';
import { seededRandom } from './random.ts';
import type { TestClient, TestGround } from './test-client.ts';
import { MemoryClient } from './test-client.ts';
import type { VirtualClock } from './virtual-clock.ts';
import { createVirtualClock } from './virtual-clock.ts';

/** Options of {@link createTestHub}: those of `createHub`, but for the broker and the runtime. */
export type TestHubOptions = Omit<HubOptions, 'broker' | 'runtime'>;

/** A hub with clients in one process, without a network and without waiting: time passes when the test says so. */
export interface TestHub<Map extends EventsByPattern> {
  /** The hub, as the app's own code gets it. Another one after `killNode`. */
  readonly hub: Hub<Map>;
  readonly clock: VirtualClock;
  /** Somebody who connects when there is something to ask. @default nobody in particular */
  client(who?: { readonly user: User | null }): TestClient;
  /** Lets time pass: tokens expire, publications are no longer kept, silent peers are found. */
  pass(ms: number): Promise<void>;
  /** Cuts every connection without a word. Clients stay away until `restoreNetwork`. */
  cutNetwork(): void;
  /** Lets clients come back, each with the positions it has, and to where it was a member. */
  restoreNetwork(): Promise<void>;
  /** The process dies with all it had in memory, and another one takes its place. Handlers (`hub.on`) are to be added anew. */
  killNode(): void;
  /** Everything that was published is no longer kept. */
  trimHistory(): void;
  /** Closes the hub; nothing is left. */
  close(): Promise<void>;
}

/** The longest that a test waits for what its own rules and handlers do in real time. */
const patienceMs = 2_000;

/** Creates a hub for tests of an app's channels, rules and handlers. */
export function createTestHub<Map extends EventsByPattern>(
  options: TestHubOptions & { readonly channels: Channels<Map> },
): TestHub<Map> {
  const clock = createVirtualClock();
  const random = seededRandom(1);
  let secrets = 0;
  let aheadMs = 0;
  let cut = false;
  const secret = (): string => {
    secrets += 1;
    return `session${secrets}`;
  };
  // The log has a clock of its own, so that what is kept can run out without time passing for anything else.
  const logClock = { ...clock, now: () => clock.now() + aheadMs };
  const start = (): Hub<Map> =>
    createHub({
      ...options,
      broker: memoryBroker({ clock: logClock, random, forgetAfterMs: Number.MAX_SAFE_INTEGER }),
      runtime: { clock, random, secret },
    });
  let hub = start();
  const clients: MemoryClient[] = [];

  async function settle(): Promise<void> {
    do {
      await new Promise((resolve) => setTimeout(resolve, 0));
    } while (clock.turn());
  }

  const ground: TestGround = {
    hub: () => {
      if (cut) throw new Error('the network is cut; call restoreNetwork() first');
      return hub;
    },
    async until(what, look) {
      const endAt = performance.now() + patienceMs;
      for (;;) {
        const result = look();
        if (result !== undefined) return result;
        if (performance.now() > endAt) throw new Error(`waited for ${what}, and it did not come`);
        await settle();
      }
    },
  };

  return {
    get hub() {
      return hub;
    },
    clock,
    client({ user } = { user: null }) {
      const client = new MemoryClient(ground, user, `client ${clients.length + 1}`);
      clients.push(client);
      return client;
    },
    async pass(ms) {
      await settle();
      clock.advance(ms);
      await settle();
    },
    cutNetwork() {
      cut = true;
      for (const client of clients) client.cut();
    },
    async restoreNetwork() {
      cut = false;
      for (const client of clients) if (!client.away) await client.connect();
    },
    killNode() {
      for (const client of clients) client.cut();
      hub = start();
    },
    trimHistory() {
      aheadMs += 1e12;
    },
    async close() {
      const closing = hub.close();
      await settle();
      clock.advance(60_000);
      await closing;
    },
  };
}
