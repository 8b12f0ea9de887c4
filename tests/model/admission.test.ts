import { createVirtualClock } from '@rt/testkit';
import { describe, expect, test } from 'vitest';
import { closeUnder, settle } from '../support/settle.ts';
import { SimulatedPeer } from '../support/simulated-peer.ts';
import { testHub } from '../support/hub.ts';

/** A peer from a network address. */
class AddressedPeer extends SimulatedPeer {
  override readonly address: string | null;

  constructor(query: string, address: string | null, headers?: Readonly<Record<string, string>>) {
    super(query, headers);
    this.address = address;
  }
}

const stream = (address: string | null = null): AddressedPeer => new AddressedPeer('channel=open:1', address);
const code = ({ head, body }: SimulatedPeer): unknown =>
  head?.status === 200 ? 200 : (JSON.parse(body) as { error: { code: string } }).error.code;

describe('admission', () => {
  // RT-LIMIT-5
  test('a user has as many connections as they may, over all plain transports, and others have their own', async () => {
    const { hub, open } = testHub({ limits: { admission: { connectionsPerUser: 2 } }, heartbeat: false });
    const ask = async (peer: SimulatedPeer, user: unknown): Promise<unknown> => {
      await hub.handle(peer, () => user);
      return code(peer);
    };
    const first = stream();
    const poll = new SimulatedPeer('channel=open:1&wait=10', { accept: 'application/json' });
    expect(await ask(first, 'ada')).toBe(200);
    void hub.handle(poll, () => 'ada');
    await new Promise((resolve) => setImmediate(resolve));
    expect(open()).toBe(2);
    const third = stream();
    expect(await ask(third, 'ada')).toBe('connections_too_many');
    expect([third.head?.status, third.head?.headers['retry-after']]).toEqual([429, '3']);
    expect(await ask(stream(), 'bob')).toBe(200);
    // A page is no connection.
    const page = new SimulatedPeer('channel=open:1', { accept: 'application/json' });
    expect(await ask(page, 'ada')).toBe(200);
    first.leave();
    expect(await ask(stream(), 'ada')).toBe(200);
    await hub.close();
    expect(open()).toBe(0);
  });

  test('nobody in particular is not one user', async () => {
    const { hub } = testHub({ limits: { admission: { connectionsPerUser: 1 } }, heartbeat: false });
    for (let n = 0; n < 3; n += 1) {
      const peer = stream();
      await hub.handle(peer, () => null);
      expect(code(peer)).toBe(200);
    }
    await hub.close();
  });

  test.each([
    ['203.0.113.7', '203.0.113.7', '203.0.113.8'],
    ['::ffff:203.0.113.7', '203.0.113.7', '::ffff:203.0.113.8'],
    ['2001:db8:0:1::1', '2001:0db8::1:ffff:0:0:1', '2001:db8:0:2::1'],
    ['2001:db8::1', '2001:db8:0:0:ffff::', '2001:db9::1'],
    ['::1', '::2', '1::'],
  ])('%s and %s are one address, and %s is another', async (one, same, other) => {
    const { hub } = testHub({ limits: { admission: { connectionsPerAddress: 1 } }, heartbeat: false });
    const ask = async (address: string): Promise<unknown> => {
      const peer = stream(address);
      await hub.handle(peer, () => null);
      return code(peer);
    };
    expect([await ask(one), await ask(same), await ask(other)]).toEqual([200, 'connections_too_many', 200]);
    await hub.close();
  });

  // RT-LIMIT-6
  test('nobody new comes while the event loop is late, and everybody when it is not', async () => {
    const clock = createVirtualClock();
    let lateMs = 0;
    const { hub } = testHub({ runtime: { clock: { ...clock, now: () => clock.now() + lateMs } }, heartbeat: false });
    const ask = async (): Promise<unknown> => {
      const peer = stream();
      await hub.handle(peer, () => null);
      return code(peer);
    };
    expect(await ask()).toBe(200);
    clock.advance(10_000);
    expect(await ask()).toBe(200);
    lateMs = 3_000;
    expect(await ask()).toBe('server_busy');
    clock.advance(500);
    expect(await ask()).toBe('server_busy');
    clock.advance(500);
    expect(await ask()).toBe(200);
    await closeUnder(clock, hub);
    expect(clock.waiting).toBe(0);
  });
});

describe('closing', () => {
  // RT-DRAIN-5
  test('many connections are told in slices, each its own time, within half of the bound', async () => {
    const clock = createVirtualClock();
    const { hub, open } = testHub({ runtime: { clock }, heartbeat: false });
    const peers = Array.from({ length: 5000 }, () => stream());
    for (const peer of peers) await hub.handle(peer, () => null);
    expect(hub.health()).toEqual({ live: true, ready: true, reason: null });
    const closed = hub.close({ withinMs: 2000 });
    expect(hub.health()).toEqual({ live: true, ready: false, reason: 'closing' });
    await settle(clock);
    const left: number[] = [];
    for (let slice = 0; slice < 10; slice += 1) {
      left.push(open());
      clock.advance(100);
      await settle(clock);
    }
    await closed;
    expect(left).toEqual([4500, 4000, 3500, 3000, 2500, 2000, 1500, 1000, 500, 0]);
    const times = peers.map(({ items }) => {
      const bye = items.find((item) => item.type === 'event' && item.event === 'rt.bye');
      return bye?.type === 'event' ? (JSON.parse(bye.data) as { retryInMs: number }).retryInMs : Number.NaN;
    });
    // 5000 clients at 500 a second: spread over ten seconds.
    expect(Math.min(...times)).toBeGreaterThanOrEqual(1000);
    expect(Math.max(...times)).toBeLessThanOrEqual(11_000);
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(9000);
    expect(clock.waiting).toBe(0);
  });
});
