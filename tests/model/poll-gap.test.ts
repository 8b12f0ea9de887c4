import { expect, test } from 'vitest';
import { createVirtualClock } from '@rt/testkit';
import { testHub } from '../support/hub.ts';
import { closeUnder, settle } from '../support/settle.ts';
import { SimulatedPeer } from '../support/simulated-peer.ts';

test('a poll that waits while more comes in one turn than is held is answered with the gap, and nothing else', async () => {
  const clock = createVirtualClock();
  const { hub } = testHub({ runtime: { clock }, heartbeat: false });
  await hub.channel('open:1').publish('said', 0);
  const poll = new SimulatedPeer('channel=open:1&after=start&wait=10', { accept: 'application/json' });
  const first = new SimulatedPeer('channel=open:1', { accept: 'application/json' });
  await hub.handle(first, () => null);
  const { position } = JSON.parse(first.body) as { position: string };
  poll.query.set('after', position);
  await hub.handle(poll, () => null);
  for (let n = 1; n <= 1300; n += 1) void hub.channel('open:1').publish('said', n);
  await settle(clock);
  const { gap, publications } = JSON.parse(poll.body) as { gap: unknown; publications: unknown };
  expect(gap).toMatchObject({ reason: 'trimmed', after: position });
  expect(publications).toEqual([]);
  await closeUnder(clock, hub);
});
