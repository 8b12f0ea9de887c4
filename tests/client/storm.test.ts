import type { Environment, PipeEvents, Transport } from '@rt/client';
import { createClient } from '@rt/client';
import { createVirtualClock, seededRandom } from '@rt/testkit';
import { describe, expect, test } from 'vitest';
import type { channels } from './ground.ts';

const clients = 10_000;

/** So many clients of a server that goes at one moment, and when each of them knocks again, in milliseconds after it. */
async function storm(windowMs: number, goodbye: ((random: () => number) => number) | null): Promise<readonly number[]> {
  const clock = createVirtualClock();
  const random = seededRandom(7);
  const knocks = new Map<number, number>();
  let gone = false;
  const open: PipeEvents[] = [];
  const transport = (client: number): Transport => ({
    name: 'websocket',
    open(_request, events) {
      if (gone) {
        if (!knocks.has(client)) knocks.set(client, clock.now());
        return { send() {}, named() {}, last() {}, close: () => events.ended({ type: 'lost' }) };
      }
      open.push(events);
      clock.nextTurn(() => {
        const limits = { maxFrameBytes: 65_536, maxChannels: 100, rates: null };
        const connected = { type: 'connected', id: 1, session: null, heartbeatMs: 15_000, speakWithinMs: null };
        events.lines(`${JSON.stringify({ ...connected, expiresInMs: null, limits })}\n`);
      });
      return { send() {}, named() {}, last() {}, close: () => events.ended({ type: 'lost' }) };
    },
  });
  const environment: Environment = {
    now: () => clock.now(),
    timer: (afterMs, run) => clock.timer(afterMs, run),
    random,
    fetch,
    WebSocket: null,
    watch: () => () => {},
  };
  const all = Array.from({ length: clients }, (_, n) => {
    const client = createClient<typeof channels>('http://localhost/rt', { transport: transport(n), environment });
    client.connect();
    return client;
  });
  await settled();
  clock.turn();
  expect(all.every(({ status }) => status.state === 'open')).toBe(true);
  // They have worked for long: their attempts are counted anew.
  clock.advance(12_000);
  gone = true;
  const goneAtMs = clock.now();
  for (const events of open) {
    if (goodbye === null) events.ended({ type: 'lost' });
    else {
      const error = { code: 'hub_closed', message: 'closing', retryable: true };
      events.lines(`${JSON.stringify({ type: 'bye', error, retryInMs: Math.round(goodbye(random)) })}\n`);
    }
  }
  for (let part = 0; part <= 200; part += 1) {
    await settled();
    clock.advance(windowMs / 200);
  }
  return [...knocks.values()].map((atMs) => atMs - goneAtMs);
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** How many came in each part of a window, drawn. */
function histogram(
  knocks: readonly number[],
  windowMs: number,
): { readonly counts: readonly number[]; readonly drawn: string } {
  const counts = Array.from({ length: 20 }, () => 0);
  for (const knock of knocks) {
    const bucket = Math.min(19, Math.floor((knock / windowMs) * 20));
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  const drawn = counts.map(
    (count, n) => `${String((n * windowMs) / 20).padStart(6)} ms ${'#'.repeat(count / 20)} ${count}`,
  );
  return { counts, drawn: `\n${drawn.join('\n')}\n` };
}

describe('ten thousand clients whose server goes', () => {
  // RT-CLIENT-3
  test.each([
    ['with a goodbye, over the window that it has said', 20_000, (random: () => number) => random() * 20_000],
    ['without a word, over the first second', 1000, null],
  ])('come back %s', async (_, windowMs, goodbye) => {
    const knocks = await storm(windowMs, goodbye);
    const { counts, drawn } = histogram(knocks, windowMs);
    expect(knocks.length, drawn).toBe(clients);
    expect(Math.max(...knocks), drawn).toBeLessThanOrEqual(windowMs * 1.01);
    // No part of the window has more than a fifth more than its share, or less.
    for (const count of counts) expect(Math.abs(count - clients / 20), drawn).toBeLessThan(clients / 100);
  });
});
