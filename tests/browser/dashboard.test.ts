import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';
import { createDashboard } from '@rt/example-express-dashboard';
import type { BrowserContext, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { untilShown } from './shown-facts.ts';
import type { TcpProxy } from '@rt/testkit';
import { browserRig, houseOf, served } from './rig.ts';

const rig = browserRig();
const { cleanUps } = rig;

type Dashboard = ReturnType<typeof createDashboard>;

/** A dashboard behind a road that can be cut; `restart` puts a new one, with an empty log, in its place. */
async function serve(): Promise<{ readonly proxy: TcpProxy; readonly now: () => Dashboard; restart(): Promise<void> }> {
  const { road, now, restart } = await houseOf(rig, async () => {
    const dashboard = createDashboard({ everyMs: 100 });
    const server = createServer(dashboard.app);
    dashboard.attach(server);
    return { dashboard, ...(await served(server, () => dashboard.close())) };
  });
  return { proxy: await road(), now: () => now().dashboard, restart };
}

interface Facts {
  readonly state: string;
  readonly first: number;
  readonly last: number;
  readonly count: number;
  readonly missing: number;
  readonly epoch: string;
  readonly gap: string;
  readonly caughtUp: number;
  readonly viewers: number;
  readonly tabs: number;
}

async function facts(page: Page): Promise<Facts> {
  const data = await page
    .locator('main')
    .evaluate((main) => Object.fromEntries(Object.entries((main as HTMLElement).dataset)));
  const number = (name: string): number => Number(data[name] ?? Number.NaN);
  return {
    state: data['state'] ?? '',
    first: number('first'),
    last: number('last'),
    count: number('count'),
    missing: number('missing'),
    epoch: data['epoch'] ?? '',
    gap: data['gap'] ?? '',
    caughtUp: number('caughtUp'),
    viewers: number('viewers'),
    tabs: number('tabs'),
  };
}

const until = (page: Page, what: string, fits: (now: Facts) => boolean): Promise<Facts> =>
  untilShown({ page, facts, what, fits });

async function open(
  proxy: TcpProxy,
  as?: BrowserContext,
): Promise<{ readonly page: Page; readonly problems: readonly string[] }> {
  const page = await (as ?? rig.browser()).newPage();
  await page.setViewportSize({ width: 1280, height: 800 });
  cleanUps.push(() => page.close());
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(`http://127.0.0.1:${proxy.port}/`)) problems.push(`request to ${request.url()}`);
  });
  await page.goto(`http://127.0.0.1:${proxy.port}/`);
  return { page, problems };
}

const whole = ({ first, last, count, missing }: Facts): boolean => last - first + 1 === count && missing === 0;

describe('the dashboard in a real browser', () => {
  test('weighs less than 60 kB, and fits a phone without scrolling sideways', async () => {
    const { proxy } = await serve();
    const page = await rig.browser().newPage({ viewport: { width: 390, height: 844 } });
    cleanUps.push(() => page.close());
    const bodies: Promise<Buffer>[] = [];
    page.on('response', (response) => {
      if (!new URL(response.url()).pathname.startsWith('/rt')) bodies.push(response.body());
    });
    await page.goto(`http://127.0.0.1:${proxy.port}/`, { waitUntil: 'load' });
    await until(page, 'the first points', ({ state, count }) => state === 'live' && count > 1);
    const bytes = (await Promise.all(bodies)).reduce((sum, body) => sum + gzipSync(body).length, 0);
    expect(bodies.length).toBeGreaterThan(4);
    expect(bytes).toBeLessThan(60_000);
    const sideways = await page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    );
    expect(sideways).toBe(false);
  });

  test('draws the history at once, and then what comes', async () => {
    const { proxy, now } = await serve();
    const metrics = now().hub.channel('host:metrics');
    await expect
      .poll(async () => (await metrics.history()).publications.length, { timeout: 10_000 })
      .toBeGreaterThan(5);
    const { page, problems } = await open(proxy);
    const drawn = await until(page, 'the history', ({ state, count }) => state === 'live' && count > 5);
    expect([drawn.first, whole(drawn)]).toEqual([1, true]);
    await until(page, 'ten more', ({ last }) => last >= drawn.last + 10);
    const inked = await page.locator('canvas').evaluateAll((canvases) =>
      canvases.map((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const pixels = (canvas as HTMLCanvasElement).getContext('2d')?.getImageData(0, 0, width, height).data ?? [];
        return pixels.filter((value, index) => index % 4 === 3 && value > 0).length;
      }),
    );
    expect(inked).toHaveLength(4);
    for (const pixels of inked) expect(pixels).toBeGreaterThan(200);
    expect(problems).toEqual([]);
  });

  test('a cut network leaves no hole in the drawn offsets', async () => {
    const { proxy, now } = await serve();
    const { page, problems } = await open(proxy);
    const before = await until(page, 'the first points', ({ state, count }) => state === 'live' && count > 3);
    for (let cut = 0; cut < 2; cut += 1) {
      proxy.cut();
      const { last } = await until(page, 'the page to notice', ({ state }) => state !== 'live');
      // Some are published while nobody can hear them.
      await expect
        .poll(async () => Number((await now().hub.channel('host:metrics').history()).position.split('.')[1]), {
          timeout: 10_000,
        })
        .toBeGreaterThan(last + 5);
      proxy.mend();
      const after = await until(page, 'the way back', (seen) => seen.state === 'live' && seen.last > last + 5);
      expect([after.first, whole(after), after.epoch, after.gap]).toEqual([before.first, true, before.epoch, '']);
      expect(after.caughtUp).toBeGreaterThan(0);
    }
    expect(problems).toEqual([]);
  });

  test('the button cuts the connection, and the page comes back to its place', async () => {
    const { proxy } = await serve();
    const { page } = await open(proxy);
    const before = await until(page, 'the first points', ({ state, count }) => state === 'live' && count > 3);
    await page.getByRole('button', { name: /cut the connection/i }).click();
    await until(page, 'the cut', ({ state }) => state === 'reconnecting');
    const after = await until(page, 'the way back', ({ state, last }) => state === 'live' && last > before.last + 30);
    expect([after.first, whole(after), after.gap]).toEqual([before.first, true, '']);
    expect(after.caughtUp).toBeGreaterThan(20);
  });

  test('a server that starts anew with an empty log is an honest gap', async () => {
    const { proxy, restart } = await serve();
    const { page } = await open(proxy);
    const before = await until(page, 'the first points', ({ state, count }) => state === 'live' && count > 3);
    await restart();
    const after = await until(
      page,
      'the new log',
      ({ state, epoch, last }) => state === 'live' && epoch !== before.epoch && last > 3,
    );
    expect([after.gap, after.missing]).toEqual(['epoch_changed', 0]);
  });

  // RT-PRESENCE-2
  test('shows its viewers: users by their tabs, whoever leaves at once, and nobody who was only cut', async () => {
    const { proxy, now } = await serve();
    const told: string[] = [];
    now().hub.onPresence((event) => {
      if (event.type === 'joined' || event.type === 'left') told.push(`${event.type} ${event.user}`);
    });
    const here = (viewers: number, tabs: number) => (seen: Facts) => seen.viewers === viewers && seen.tabs === tabs;
    const context = await rig.browser().newContext();
    cleanUps.push(() => context.close());
    const { page: ada, problems } = await open(proxy, context);
    await until(ada, 'herself', here(1, 1));
    const { page: second } = await open(proxy, context);
    const { page: bob } = await open(proxy);
    for (const page of [ada, second, bob]) await until(page, 'two in three tabs', here(2, 3));
    const who = await ada.locator('[data-fact="viewers"]').textContent();
    expect(who).toMatch(/^you \(2 tabs\), \S+ on \S+$/);
    // A cut for a moment: for the others they were never away.
    await bob.getByRole('button', { name: /cut the connection/i }).click();
    await until(bob, 'the cut', ({ state }) => state === 'reconnecting');
    await bob.getByRole('button', { name: /reconnect/i }).click();
    await until(bob, 'the way back', ({ state }) => state === 'live');
    await bob.goto('about:blank');
    await until(ada, 'bob to be gone', here(1, 2));
    await second.goto('about:blank');
    await until(ada, 'the tab to be gone', here(1, 1));
    expect(told.map((event) => event.split(' ')[0])).toEqual(['joined', 'joined', 'left']);
    expect(problems).toEqual([]);
  });

  test('changes the transport without losing its place, and shows what each costs', async () => {
    const { proxy } = await serve();
    const { page, problems } = await open(proxy);
    const before = await until(page, 'the first points', ({ state, count }) => state === 'live' && count > 3);
    for (const [value, words] of [
      ['websocket', 'live over WebSocket'],
      ['long-poll', 'live over long-poll'],
      ['poll', 'live over polling'],
      ['sse', 'live over SSE'],
    ] as const) {
      await page.locator('#transport').selectOption(value);
      const { last } = await facts(page);
      const after = await until(page, value, (seen) => seen.state === 'live' && seen.last > last + 12);
      expect([value, after.first, whole(after), after.gap]).toEqual([value, before.first, true, '']);
      await page.getByText(words).waitFor();
      expect(await page.locator('[data-fact="traffic"]').textContent()).toMatch(
        /^\d+ messages, .*kB in, .* out, \d+ request/,
      );
    }
    expect(problems).toEqual([]);
  });
});
