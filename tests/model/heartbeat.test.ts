import type { Clock } from '@rt/core';
import { createVirtualClock, seededRandom } from '@rt/testkit';
import { describe, expect, test } from 'vitest';
import { testHub } from '../support/hub.ts';
import { closeUnder, settle } from '../support/settle.ts';
import { SimulatedPeer } from '../support/simulated-peer.ts';

const everyMs = 15_000;

describe('heartbeats', () => {
  // RT-LIFE-1
  test('of a crowd that has come at once are spread over turns, and nobody is silent for longer', async () => {
    const clock = createVirtualClock();
    let inThisTurn = 0;
    const counted = (run: () => void) => (): void => {
      inThisTurn = 0;
      run();
    };
    const turns: Clock = {
      now: () => clock.now(),
      timer: (afterMs, run) => clock.timer(afterMs, counted(run)),
      nextTurn: (run) => clock.nextTurn(counted(run)),
    };
    const { hub } = testHub({
      runtime: { clock: turns, random: seededRandom(1) },
      heartbeat: { everyMs },
      limits: { admission: { loopDelayMs: false } },
    });
    const peers = Array.from({ length: 1000 }, () => new SimulatedPeer('channel=open:1'));
    for (const peer of peers) await hub.handle(peer, () => null);
    await settle(clock);
    const writtenAtMs = new Map<SimulatedPeer, number>(peers.map((peer) => [peer, clock.now()]));
    let mostInATurn = 0;
    let longestMs = 0;
    for (const peer of peers) {
      peer.onWrite = () => {
        longestMs = Math.max(longestMs, clock.now() - (writtenAtMs.get(peer) ?? 0));
        writtenAtMs.set(peer, clock.now());
        inThisTurn += 1;
        mostInATurn = Math.max(mostInATurn, inThisTurn);
      };
    }
    for (let ms = 0; ms < 4 * everyMs; ms += 100) {
      clock.advance(100);
      while (clock.turn());
    }
    expect(mostInATurn).toBeLessThanOrEqual(100);
    expect(mostInATurn).toBeGreaterThan(50);
    expect(longestMs).toBeLessThanOrEqual(everyMs + 500);
    // One who leaves while the others are visited is not visited any more.
    for (const peer of peers.slice(0, 500)) peer.leave();
    clock.advance(everyMs);
    await closeUnder(clock, hub);
    expect(clock.waiting).toBe(0);
  });
});
