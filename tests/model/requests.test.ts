import { codes } from '@rt/protocol';
import { createVirtualClock, seededRandom } from '@rt/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testHub } from '../support/hub.ts';
import { settle } from '../support/settle.ts';
import { SimulatedPeer } from '../support/simulated-peer.ts';

const junk = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    '',
    'start',
    '0',
    '1',
    '-1',
    '1e3',
    '99999999999999999999',
    'a.1',
    'zz.0',
    'a.1,b.2',
    'open:1@a.1',
    '@',
    ',',
  ),
  fc.constantFrom(
    'open:1@a.1,open:2@a.1',
    '\r\nid: x',
    '\0',
    '__proto__',
    'constructor',
    'x'.repeat(5000),
    '{}',
    '%0A',
    'ü',
  ),
);
const name = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('open:1', 'open:2', 'deep:1', 'own:ada', 'closed', 'broken:1', 'slow:1') },
  junk,
);
const parameter = fc.tuple(fc.constantFrom('after', 'last', 'limit', 'wait', 'channel', 'other', '__proto__'), junk);
const request = fc.record({
  method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE', 'X'),
  channels: fc.array(name, { maxLength: 3 }),
  parameters: fc.array(parameter, { maxLength: 3 }),
  accept: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('text/event-stream', 'application/json', '*/*') },
    fc.constantFrom('', 'text/html', 'text/event-stream;q=0', ',,;q=', 'application/json;q=nan, text/*'),
    junk,
  ),
  headers: fc.dictionary(fc.constantFrom('last-event-id', 'upgrade', 'other'), junk),
});

// RT-LIMIT-8
test('whatever is asked is answered, with a code where it is refused, and leaves nothing behind', async () => {
  const clock = createVirtualClock();
  const { hub, open, events } = testHub({ runtime: { clock, random: seededRandom(1) }, heartbeat: false });
  for (let n = 1; n <= 8; n += 1) void hub.channel('open:1').publish('said', n);
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(request, async ({ method, channels, parameters, accept, headers }) => {
      const query = new URLSearchParams([...channels.map((each) => ['channel', each]), ...parameters] as [
        string,
        string,
      ][]);
      const peer = new SimulatedPeer(query.toString(), { ...headers, accept }, method);
      const answered = hub.handle(peer, () => 'ada');
      await settle(clock);
      // A poll that waits is answered by the next publication, or by time.
      if (peer.head === null) {
        expect(open()).toBe(1);
        clock.advance(60_000);
      }
      await answered;
      const status = peer.head?.status ?? 0;
      if (status >= 400) {
        const { error } = JSON.parse(peer.body) as { error: { code: keyof typeof codes; message: string } };
        expect(codes[error.code].status).toBe(status);
        expect(error.message).toMatch(/^\w+: ./);
        seen.add(error.code);
      } else {
        expect([200, 204]).toContain(status);
        seen.add(peer.head?.headers['content-type'] ?? 'nothing');
        if (peer.body.startsWith('{')) expect(JSON.parse(peer.body)).toHaveProperty('publications');
      }
      peer.leave();
      expect(open()).toBe(0);
    }),
    { numRuns: Number(process.env['RT_RUNS'] ?? 3000) },
  );
  // Only the rule that is broken on purpose has failed.
  const errors = events.filter((event) => event.type === 'error');
  for (const error of errors) expect(error).toMatchObject({ stage: 'rule' });
  // The inputs are worth something only if they reach every kind of answer.
  expect([...seen].toSorted()).toEqual([
    'accept_unsupported',
    'application/json; charset=utf-8',
    'channel_invalid',
    'channel_missing',
    'channel_unknown',
    'channels_too_many',
    'connect_missing',
    'frame_invalid',
    'method_unsupported',
    'nothing',
    'parameter_invalid',
    'position_invalid',
    'rule_failed',
    'subscribe_denied',
    'text/event-stream',
  ]);
  await hub.close();
  expect(clock.waiting).toBe(0);
});
