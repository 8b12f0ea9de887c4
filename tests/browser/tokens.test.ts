import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { TokensOptions } from '@rt/example-koa-tokens';
import { createTokens } from '@rt/example-koa-tokens';
import type { TcpProxy } from '@rt/testkit';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { untilShown } from './shown-facts.ts';
import { browserRig, houseOf, served } from './rig.ts';

const rig = browserRig();
const { cleanUps } = rig;

type Tokens = ReturnType<typeof createTokens>;

interface Served {
  readonly proxy: TcpProxy;
  readonly origin: string;
  readonly now: () => Tokens;
  restart(): Promise<void>;
}

/** The app behind a road that can be cut; `restart` puts a new one in its place, with the checkpoint and nothing else. */
async function serve(options: Pick<TokensOptions, 'passageMs' | 'keptMs'> = {}): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), 'rt-tokens-'));
  cleanUps.push(() => rm(folder, { recursive: true }));
  const { road, now, restart } = await houseOf(rig, async () => {
    const tokens = createTokens({
      paceMs: () => 15,
      passageMs: 1,
      checkpoint: join(folder, 'job.json'),
      ...options,
    });
    const server = createServer(tokens.listener);
    tokens.attach(server);
    return { tokens, ...(await served(server, () => tokens.close())) };
  });
  const proxy = await road();
  return { proxy, origin: `http://127.0.0.1:${proxy.port}`, now: () => now().tokens, restart };
}

interface Facts {
  readonly state: string;
  readonly phase: string;
  readonly first: number;
  readonly last: number;
  readonly tokens: number;
  readonly missing: number;
  readonly fromStart: number;
  readonly caughtUp: number;
  readonly percent: number;
  readonly run: number;
}

async function facts(page: Page): Promise<Facts> {
  return page.evaluate(() => {
    const { state = '', phase = '', ...numbers } = document.querySelector('main')?.dataset ?? {};
    const job = document.querySelector<HTMLElement>('.job')?.dataset ?? {};
    const number = (text: string | undefined): number => Number(text ?? Number.NaN);
    return {
      state,
      phase,
      first: number(numbers['first']),
      last: number(numbers['last']),
      tokens: number(numbers['tokens']),
      missing: number(numbers['missing']),
      fromStart: number(numbers['fromStart']),
      caughtUp: number(numbers['caughtUp']),
      percent: number(job['percent']),
      run: number(job['run']),
    };
  });
}

const until = (page: Page, what: string, fits: (now: Facts) => boolean): Promise<Facts> =>
  untilShown({ page, facts, what, fits });

async function open(
  origin: string,
  path = '/',
): Promise<{ readonly page: Page; readonly problems: readonly string[] }> {
  const page = await rig.browser().newPage({ viewport: { width: 1280, height: 800 } });
  cleanUps.push(() => page.close());
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) problems.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(`${origin}/`)) problems.push(`request to ${request.url()}`);
  });
  await page.goto(origin + path);
  return { page, problems };
}

/** Asks the first prepared question. Returns the path of its answer, and its id. */
async function askFirst(page: Page): Promise<{ readonly path: string; readonly replyId: string }> {
  await page.locator('#questions button').first().click();
  await until(page, 'the first tokens', ({ phase, tokens }) => phase === 'writing' && tokens > 3);
  const { pathname } = new URL(page.url());
  return { path: pathname, replyId: pathname.replace('/r/', '') };
}

/** What the page has read, what it shows of that, and what the server has in its log. */
async function texts(page: Page, tokens: Tokens, replyId: string) {
  const answer = page.locator('#answer');
  const { publications } = await tokens.hub.channel(`reply:${replyId}`).history({ last: 1000 });
  return {
    read: await answer.getAttribute('data-source'),
    shown: bare((await answer.textContent()) ?? ''),
    logged: publications.flatMap(({ event, data }) => (event === 'token' ? [data] : [])),
  };
}

/** Letters and digits: what is left of an answer when it is drawn, of one without numbered lists. */
function bare(text: string): string {
  return text.replaceAll('```ts', '').replaceAll(/[^\p{L}\p{N}]/gu, '');
}

const whole = ({ first, last, tokens, missing }: Facts): boolean =>
  first === 1 && missing === 0 && last - first - 1 === tokens;

describe('answers in a real browser', () => {
  test('weigh less than 60 kB, and fit a phone without scrolling sideways', async () => {
    const { origin } = await serve();
    const page = await rig.browser().newPage({ viewport: { width: 390, height: 844 } });
    cleanUps.push(() => page.close());
    const bodies: Promise<Buffer>[] = [];
    page.on('response', (response) => {
      if (!/^\/(?:rt|replies)/.test(new URL(response.url()).pathname)) bodies.push(response.body());
    });
    await page.goto(origin, { waitUntil: 'load' });
    await askFirst(page);
    await until(page, 'the end', ({ phase }) => phase === 'done');
    const bytes = (await Promise.all(bodies)).reduce((sum, body) => sum + gzipSync(body).length, 0);
    expect(bodies.length).toBeGreaterThan(4);
    expect(bytes).toBeLessThan(60_000);
    const sideways = await page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    );
    expect(sideways).toBe(false);
  });

  // RT-POS-5
  test('are whole after a reload in the middle, and for a second viewer who comes late', async () => {
    const { origin, now } = await serve();
    const { page, problems } = await open(origin);
    const { path, replyId } = await askFirst(page);
    const before = await until(page, 'some tokens', ({ tokens }) => tokens > 40);
    expect(before.fromStart).toBeLessThan(10);
    await page.reload();
    const { page: second, problems: others } = await open(origin, path);
    for (const viewer of [page, second]) {
      const after = await until(viewer, 'the end', ({ phase }) => phase === 'done');
      // It came in the middle: some was there, and some was written before its eyes.
      expect(after.fromStart).toBeGreaterThanOrEqual(before.tokens);
      expect(after.tokens - after.fromStart).toBeGreaterThan(20);
      expect(whole(after)).toBe(true);
      const { read, shown, logged } = await texts(viewer, now(), replyId);
      expect(read).toBe(now().textOf(replyId));
      expect(logged.join('')).toBe(read);
      expect(logged).toHaveLength(after.tokens);
      expect(shown).toBe(bare(read ?? ''));
    }
    expect([...problems, ...others]).toEqual([]);
  });

  // RT-CLIENT-1
  test('are whole after a cut, and what was missed is counted and tinted', async () => {
    const { origin, now } = await serve();
    const { page, problems } = await open(origin);
    const { replyId } = await askFirst(page);
    await page.getByRole('button', { name: 'Cut the connection' }).click();
    const { tokens } = await until(page, 'the cut', ({ state }) => state === 'reconnecting');
    const log = now().hub.channel(`reply:${replyId}`);
    await expect
      .poll(async () => Number((await log.position()).split('.')[1]), { timeout: 10_000 })
      .toBeGreaterThan(tokens + 40);
    expect(await page.locator('mark').count()).toBe(0);
    await page.getByRole('button', { name: 'Reconnect now' }).click();
    await page.getByText(/^caught up \d+ missed$/).waitFor();
    expect(await page.locator('mark').count()).toBeGreaterThan(0);
    const after = await until(page, 'the end', ({ phase }) => phase === 'done');
    expect(after.caughtUp).toBeGreaterThan(30);
    expect(whole(after)).toBe(true);
    const { read, shown, logged } = await texts(page, now(), replyId);
    expect([read, logged.join('')]).toEqual([now().textOf(replyId), now().textOf(replyId)]);
    expect(shown).toBe(bare(read ?? ''));
    expect(problems).toEqual([]);
  });

  // RT-SESSION-9
  test('are stopped by anybody for everybody', async () => {
    const { origin, now } = await serve();
    const { page } = await open(origin);
    const { path, replyId } = await askFirst(page);
    const { page: second } = await open(origin, path);
    await until(second, 'to read along', ({ phase, tokens }) => phase === 'writing' && tokens > 3);
    await second.getByRole('button', { name: 'Stop for everybody' }).click();
    const [one, other] = await Promise.all(
      [page, second].map((viewer) => until(viewer, 'the stop', ({ phase }) => phase === 'stopped')),
    );
    expect(one?.tokens).toBe(other?.tokens);
    const { read, logged } = await texts(page, now(), replyId);
    expect(read).toBe(logged.join(''));
    expect(
      now()
        .textOf(replyId)
        ?.startsWith(read ?? '?'),
    ).toBe(true);
    expect(read?.length).toBeLessThan(now().textOf(replyId)?.length ?? 0);
    await page.getByText(`Stopped at token ${one?.tokens}, for everybody`).waitFor();
  });

  test('are forgotten in time: nobody is told of one any more, and who has it open keeps it', async () => {
    const { origin } = await serve({ keptMs: 500 });
    const { page, problems } = await open(origin);
    const { path } = await askFirst(page);
    expect(await page.locator('#replies li').count()).toBe(1);
    await page.getByRole('button', { name: 'Stop for everybody' }).click();
    await page.getByText('None yet.').waitFor();
    expect((await facts(page)).phase).toBe('stopped');
    const { page: late } = await open(origin, path);
    await until(late, 'the refusal', ({ phase }) => phase === 'unknown');
    expect(problems).toEqual([]);
  });

  test('break off with the reason when the server goes, and what had arrived stays', async () => {
    const { origin, proxy, restart } = await serve();
    const { page, problems } = await open(origin);
    await askFirst(page);
    await restart();
    await page.getByText(/^The server was stopped at token \d+\. /).waitFor();
    await until(page, 'the new server', ({ state }) => state === 'live');
    // And again with a road that is cut, so that nobody can say goodbye.
    await page.getByRole('link', { name: 'Ask the docs' }).click();
    await askFirst(page);
    proxy.cut();
    const { tokens } = await until(page, 'the cut', ({ state }) => state === 'reconnecting');
    await restart();
    proxy.mend();
    const after = await until(page, 'the news', ({ phase }) => phase === 'lost');
    expect(after.tokens).toBe(tokens);
    await page.getByText(/^The server has begun anew/).waitFor();
    expect(problems).toEqual([]);
  });

  test('are found in the docs, and one that is not kept is said to be', async () => {
    const { origin } = await serve();
    const { page, problems } = await open(origin);
    await until(page, 'the index', ({ percent }) => percent === 100);
    await page.getByLabel('Your question').fill('How do I mount this in Koa?');
    await page.keyboard.press('Enter');
    await until(page, 'the end', ({ phase }) => phase === 'done');
    expect(await page.locator('#outcome').textContent()).toContain('from docs/hosts/koa.md');
    expect(await page.locator('#answer').textContent()).toContain("router.all('/rt', requireLogin, rt.handler());");
    await page.goto(`${origin}/r/00aa00aa00`);
    await until(page, 'the refusal', ({ phase }) => phase === 'unknown');
    await page.getByText('This answer is not kept here').waitFor();
    expect(problems).toEqual([]);
  });
});

/** Every share of the job that the page shows, in its order. */
async function watchPercent(page: Page): Promise<() => Promise<readonly number[]>> {
  await page.evaluate(() => {
    const job = document.querySelector<HTMLElement>('.job');
    const seen = [Number(job?.dataset['percent'])];
    Object.assign(window, { seenPercent: seen });
    new MutationObserver(() => seen.push(Number(job?.dataset['percent']))).observe(job ?? document, {
      attributeFilter: ['data-percent'],
    });
  });
  return () => page.evaluate(() => (window as unknown as { readonly seenPercent: readonly number[] }).seenPercent);
}

describe('a job in a real browser', () => {
  // RT-STATE-1
  test('comes to its end on a page that was cut meanwhile, and on one that comes late', async () => {
    const { origin, proxy, now } = await serve({ passageMs: 12 });
    const { page, problems } = await open(origin);
    await until(page, 'the job', ({ percent }) => percent > 5);
    proxy.cut();
    const { percent } = await until(page, 'the cut', ({ state }) => state === 'reconnecting');
    expect(percent).toBeLessThan(100);
    const done = async (): Promise<boolean> => {
      const { publications } = await now().hub.channel('job:index').history({ last: 1000 });
      return publications.some(({ event, data }) => event === 'run' && (data as { state: string }).state === 'done');
    };
    await expect.poll(done, { timeout: 20_000 }).toBe(true);
    expect((await facts(page)).percent).toBeLessThan(100);
    proxy.mend();
    await until(page, 'the whole job', (seen) => seen.state === 'live' && seen.percent === 100);
    const { page: late } = await open(origin);
    await until(late, 'the whole job', (seen) => seen.percent === 100);
    expect(problems).toEqual([]);
  });

  test('goes on where it was when the server starts anew, and never back', async () => {
    // The page is told to come back within three seconds: by then the job is not over.
    const { origin, restart } = await serve({ passageMs: 50 });
    const { page, problems } = await open(origin);
    const seen = await watchPercent(page);
    const { percent: before } = await until(page, 'a third of the job', ({ percent }) => percent > 30);
    await restart();
    const { run } = await until(page, 'the whole job', ({ state, percent }) => state === 'live' && percent === 100);
    expect(run).toBe(1);
    const percents = await seen();
    expect(percents).toEqual(percents.toSorted((one, other) => one - other));
    expect(percents.some((percent) => percent > before && percent < 100)).toBe(true);
    expect(problems).toEqual([]);
  });

  test('is done again when somebody asks for it', async () => {
    const { origin } = await serve();
    const { page } = await open(origin);
    await until(page, 'the job', ({ percent }) => percent === 100);
    await page.getByRole('button', { name: 'Index again' }).click();
    const { run } = await until(page, 'the second run', (seen) => seen.run === 2 && seen.percent === 100);
    expect(run).toBe(2);
  });
});
