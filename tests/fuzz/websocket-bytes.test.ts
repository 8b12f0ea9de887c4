import type { RequestListener, Server } from 'node:http';
import { attach, realtime } from '@rt/node';
import { seededRandom } from '@rt/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testHub } from '../support/hub.ts';
import { MemoryPeer, MemoryServer } from './memory-upgrade.ts';

/** A masked frame of a client, with any first byte, any announced length form and any payload. */
function clientFrame(firstByte: number, payload: Uint8Array, lie: number): Buffer {
  const { length } = payload;
  const announced = Math.max(0, length + lie);
  const head =
    announced < 126 ? [firstByte, 0x80 | announced] : [firstByte, 0x80 | 126, announced >> 8, announced & 255];
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), payload]);
}

const line = fc.oneof(
  fc.constantFrom(
    '{"type":"connect","id":1}',
    '{"type":"connect","id":1,"token":"x"}',
    '{"type":"connect","id":1,"subscriptions":[{"channel":"open:1"},{"channel":"own:x"},7]}',
    '{"type":"subscribe","id":2,"channel":"open:1","after":"start"}',
    '{"type":"unsubscribe","id":3,"channel":"open:1"}',
    '{"type":"publish","id":4,"channel":"open:1","event":"said","data":{"a":[1]},"key":"k"}',
    '{"type":"send","id":5,"channel":"open:1","event":"x","data":null}',
    '{"type":"history","id":6,"channel":"open:1","last":3}',
    '{"type":"refresh","id":7,"token":"t"}',
    '{"type":"ping","id":8}',
  ),
  fc.json({ maxDepth: 2 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const text = fc.array(line, { maxLength: 3 }).map((lines) => Buffer.from(lines.join('\n')));
/** Whole frames with texts, near misses of frames, and noise. */
const input: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 6, arbitrary: text.map((payload) => clientFrame(0x81, payload, 0)) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.nat({ max: 255 }), text, fc.constantFrom(0, 0, 1, -1, 60_000))
      .map(([firstByte, payload, lie]) => clientFrame(firstByte, payload, lie)),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
);

const inputsEach = 50;

/** Lets everything happen that was set going. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

// RT-LIMIT-8
test('whatever bytes come over a WebSocket, the hub lives on, and nothing is left of them', async () => {
  const tests = testHub({ limits: { rates: false, admission: { pendingHandshakes: false } }, heartbeat: false });
  const server = new MemoryServer();
  server.on('request', realtime(tests.hub, { user: () => null }) as unknown as RequestListener);
  const detach = attach(server as unknown as Server);
  const random = seededRandom(1);
  const runs = Math.ceil(Number(process.env['RT_INPUTS'] ?? 100_000) / inputsEach);
  let inputs = 0;
  let opened = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(input, { minLength: inputsEach, maxLength: inputsEach }), async (all) => {
      let peer: MemoryPeer | null = null;
      for (const bytes of all) {
        if (peer === null || peer.destroyed || peer.writableEnded) {
          peer = server.upgrade('/rt');
          opened += 1;
          await turn();
          if (random() < 0.8) peer.push(clientFrame(0x81, Buffer.from('{"type":"connect","id":1}'), 0));
        }
        const cut = Math.floor(random() * bytes.length);
        peer.push(bytes.subarray(0, cut));
        if (random() < 0.2) await turn();
        if (!peer.readableEnded && !peer.destroyed) peer.push(bytes.subarray(cut));
        inputs += 1;
        if (random() < 0.3) await turn();
      }
      await turn();
      peer?.destroy();
    }),
    { numRuns: runs },
  );
  await turn();
  await turn();
  expect(inputs).toBeGreaterThanOrEqual(100_000);
  expect(opened).toBeGreaterThan(1000);
  // The hub answers as before.
  const last = server.upgrade('/rt');
  await turn();
  last.push(clientFrame(0x81, Buffer.from('{"type":"connect","id":1}\n{"type":"ping","id":2}'), 0));
  await turn();
  await turn();
  expect(Buffer.concat(last.written).toString('latin1')).toContain('{"type":"pong","id":2}');
  last.destroy();
  await turn();
  expect(tests.open()).toBe(0);
  const errors = tests.events.filter(({ type }) => type === 'error');
  expect(errors).toEqual([]);
  detach();
  await tests.hub.close();
}, 120_000);
