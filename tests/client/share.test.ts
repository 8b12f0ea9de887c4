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

describe('any schedule of tabs that come, go, freeze, thaw and crash', () => {
  const runs = Number(process.env['RT_RUNS'] ?? 60);
  const base = Number(process.env['RT_SEED'] ?? 1);

  // RT-SHARE-1
  test.each(Array.from({ length: runs }, (_, n) => base + n))('with seed %i', async (seed) => {
    const world = new ShareWorld(seed);
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
    await world.check();
    expect(world.connections).toBe(1);
  });
});
