import { seededRandom } from '@rt/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { ShareWorld } from './share/share-world.ts';

beforeAll(() => ShareWorld.ready());

const openTabs = (world: ShareWorld) => (): boolean =>
  world.living().every(({ client }) => client.status.state === 'open');

describe('tabs that share', () => {
  test('have one connection together', async () => {
    const world = new ShareWorld(1);
    for (let n = 0; n < 20; n += 1) world.open();
    await world.until('all are open', openTabs(world), 1000);
    for (let n = 0; n < 10; n += 1) world.publish();
    for (const tab of world.tabs) tab.publish();
    await world.pass(1000);
    await world.check();
    expect(world.connections).toBe(1);
    expect(world.events.filter(({ type }) => type === 'connection_opened')).toHaveLength(1);
  });

  test.each(['crash', 'close', 'freeze', 'hang'] as const)('have another leader within 2 s after a %s', async (how) => {
    const world = new ShareWorld(2);
    for (let n = 0; n < 8; n += 1) world.open();
    await world.until('all are open', openTabs(world), 1000);
    const { leader } = world;
    const { page, client } = leader;
    const act = {
      crash: () => page.crash(),
      close: () => client.close(),
      freeze: () => page.freeze(true),
      hang: () => page.freeze(false),
    };
    act[how]();
    world.publish();
    const others = world.living();
    expect(others).toHaveLength(7);
    const tookMs = await world.until('all have heard', () => others.every(({ seen }) => seen.length === 1), 2000);
    expect(tookMs).toBeLessThan(2000);
    page.thaw();
    world.publish();
    await world.pass(3000);
    await world.check();
    expect(world.connections).toBe(1);
  });
});

describe('a tab that shares', () => {
  async function three() {
    const world = new ShareWorld(3);
    const tabs = [world.open(), world.open(), world.open()] as const;
    await world.until('all are open', openTabs(world), 1000);
    return { world, tabs };
  }

  test('is refused alone, and asks, and reads, as if it were alone', async () => {
    const { world, tabs } = await three();
    const [first, second, third] = tabs;
    const denied = second.client.channel('room:closed');
    denied.on('said', () => {});
    await world.until('the refusal', () => denied.status.state === 'denied', 1000);
    expect(denied.status).toMatchObject({ error: { code: 'subscribe_denied' } });
    first.publish();
    third.publish();
    await world.pass(100);
    const answers = Promise.all([
      ...tabs.map(({ client, name }) => client.channel('room:1').send('echo', name)),
      second.client.channel('room:1').history(),
    ]);
    await world.pass(100);
    expect(await answers).toMatchObject(['tab 1', 'tab 2', 'tab 3', { publications: [{}, {}] }]);
    await world.check();
  });

  // RT-SHARE-2
  test('is one member with the others: what was shown last is seen, until the last has left', async () => {
    const { world, tabs } = await three();
    const told: string[] = [];
    world.hub.onPresence((event) => {
      if (event.type === 'joined' || event.type === 'left') told.push(event.type);
    });
    const [first, second, third] = tabs;
    const seen: string[] = [];
    const { presence } = third.client.channel('room:1');
    presence.subscribe(() => {
      seen.push(presence.members.map(({ state, connections }) => `${state.tab} ${connections}`).join());
    });
    const enter = async (tab: typeof first, as: string): Promise<void> => {
      const entered = tab.client.channel('room:1').presence.enter({ tab: as });
      await world.pass(100);
      await entered;
    };
    await enter(first, 'first');
    await enter(second, 'second');
    const late = world.open();
    const { presence: lateView } = late.client.channel('room:1');
    lateView.subscribe(() => {});
    await world.pass(100);
    expect(lateView.members).toEqual([{ user: 'ada', state: { tab: 'second' }, connections: 1 }]);
    second.client.close();
    await world.pass(100);
    expect(seen.at(-1)).toBe('first 1');
    world.leader.page.crash();
    await world.pass(3000);
    await enter(late, 'late');
    expect(seen.at(-1)).toBe('late 1');
    expect(told).toEqual(['joined']);
    late.client.close();
    await world.pass(20_000);
    expect(seen.at(-1)).toBe('');
    expect(told).toEqual(['joined', 'left']);
  });

  test('has a connection of its own where tabs have nothing in common', async () => {
    const world = new ShareWorld(4);
    world.apart = true;
    world.open();
    world.open();
    await world.until('both are open', openTabs(world), 1000);
    expect(world.connections).toBe(2);
  });

  test('is closed with the others when the server has said never', async () => {
    const { world, tabs } = await three();
    void world.hub.disconnect({ user: 'ada' });
    await world.until('all are closed', () => tabs.every(({ client }) => client.status.state === 'closed'), 5000);
    for (const { client } of tabs) expect(client.status).toMatchObject({ error: { code: 'disconnected' } });
    // Whoever comes then begins anew, as with a new login.
    const next = world.open();
    await world.until('the next is open', () => next.client.status.state === 'open', 2000);
  });
});

describe('any schedule of tabs that come, go, freeze, thaw and crash', () => {
  const runs = Number(process.env['RT_RUNS'] ?? 60);
  const base = Number(process.env['RT_SEED'] ?? 1);
  const seeds = Array.from({ length: runs }, (_, n) => base + n);

  async function perform(world: ShareWorld, seed: number, restarts: boolean): Promise<void> {
    const random = seededRandom(seed * 7919);
    for (let n = 0; n < 3; n += 1) world.open();
    await world.pass(random() * 300);
    for (let step = 0; step < 40; step += 1) {
      const chance = random();
      const tab = world.pick(world.tabs);
      const living = world.pick(world.living());
      if (chance < 0.25) world.publish();
      else if (chance < 0.55) living?.publish();
      else if (chance < 0.7) world.open(world.pick(['start', 'now', { last: 1 + Math.floor(random() * 5) }] as const));
      else if (chance < 0.76) living?.client.close();
      else if (chance < 0.8) living?.page.crash();
      else if (chance < 0.85) living?.page.freeze(random() < 0.5);
      else if (chance < 0.92) tab?.page.thaw();
      else if (chance < 0.96) living?.page.cut();
      else if (restarts && chance < 0.98) world.restart();
      else world.browser.hub = world.browser.hub === null ? world.hub : null;
      await world.pass(random() < 0.6 ? random() * 30 : random() * 3000);
    }
    world.browser.hub = world.hub;
    for (const { page } of world.tabs) page.thaw();
    world.open('start');
    await world.pass(40_000);
    world.publish();
    await world.until('all have come back', openTabs(world), 40_000);
    await world.pass(1000);
    expect(world.connections).toBe(1);
  }

  // RT-SHARE-1
  test.each(seeds)('each tab is told all, once and in order, with seed %i', async (seed) => {
    const world = new ShareWorld(seed);
    await perform(world, seed, false);
    await world.check();
  });

  test.each(seeds)('each tab is told what it has missed where little is kept, with seed %i', async (seed) => {
    const world = new ShareWorld(seed, 3);
    await perform(world, seed, true);
    await world.checkGaps();
  });
});
