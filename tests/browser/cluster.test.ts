import { gzipSync } from 'node:zlib';
import type { ClusterPorts, Program } from '@rt/example-cluster';
import { startCluster } from '@rt/example-cluster';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { Binary } from '../../tools/debian-package.ts';
import { environmentOf } from '../../tools/debian-package.ts';
import { haproxyBinary } from '../../tools/haproxy-binary.ts';
import { nginxBinary } from '../../tools/nginx-binary.ts';
import { redisBinary } from '../../tools/redis-binary.ts';
import { freePort } from '../support/free-port.ts';
import { browserRig } from './rig.ts';

const rig = browserRig();
const { cleanUps } = rig;

/** Longer than anything here takes, also on a machine that is busy with something else. */
const timeout = 20_000;

const program = (binary: Binary): Program => ({ path: binary.path, env: environmentOf(binary) });

async function serve(): Promise<ClusterPorts> {
  const ports: ClusterPorts = {
    redis: await freePort(),
    nginx: await freePort(),
    haproxy: await freePort(),
    nodes: [await freePort(), await freePort(), await freePort()],
  };
  const programs = {
    redis: program(redisBinary()),
    nginx: program(nginxBinary()),
    haproxy: program(haproxyBinary()),
  };
  const cluster = await startCluster({ programs, ports, backAfterMs: 1000 });
  cleanUps.push(() => cluster.close());
  return ports;
}

interface Visitor {
  readonly page: Page;
  readonly problems: readonly string[];
}

async function visit(port: number, viewport = { width: 1280, height: 800 }): Promise<Visitor> {
  const context = await rig.browser().newContext({ viewport });
  cleanUps.push(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(timeout);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('request', (request) => {
    if (new URL(request.url()).host !== `127.0.0.1:${port}`) problems.push(`request to ${request.url()}`);
  });
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.locator('.lane.here').waitFor();
  return { page, problems };
}

async function join(port: number, name: string): Promise<Visitor> {
  const visitor = await visit(port);
  await visitor.page.getByLabel('Your name').fill(name);
  await visitor.page.getByRole('button', { name: 'Join' }).click();
  await visitor.page.getByLabel(/^Write to/).waitFor();
  await visitor.page.locator('.lane.here').waitFor();
  return visitor;
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel(/^Write to/).fill(text);
  await page.getByLabel(/^Write to/).press('Enter');
}

const talks = (page: Page, text: string): Promise<void> =>
  page.locator('.message:not(.pending) .text', { hasText: text }).waitFor();
const settled = (page: Page): Promise<string[]> => page.locator('.message:not(.pending) .text').allTextContents();
const people = (page: Page): Promise<string[]> => page.locator('#people .person').allTextContents();
const here = async (page: Page): Promise<string> => (await page.locator('.lane.here strong').textContent()) ?? '';
const fact = async (page: Page, name: string): Promise<number> =>
  Number(await page.locator('.proof').getAttribute(`data-${name}`));

describe('the cluster in a real browser', () => {
  test('shows its three nodes, which of them serves, and the way through the other proxy; light, and on a phone too', async () => {
    const ports = await serve();
    const context = await rig.browser().newContext({ viewport: { width: 390, height: 844 } });
    cleanUps.push(() => context.close());
    const page = await context.newPage();
    const bodies: Promise<Buffer>[] = [];
    page.on('response', (response) => {
      if (response.request().resourceType() !== 'fetch') bodies.push(response.body());
    });
    await page.goto(`http://127.0.0.1:${ports.haproxy}/`, { waitUntil: 'load' });
    await page.locator('.lane.here').waitFor();
    expect(await page.locator('.lane strong').allTextContents()).toEqual(['one', 'two', 'three']);
    expect(['one', 'two', 'three']).toContain(await here(page));
    await page.getByText(`Through HAProxy :${ports.haproxy}`).waitFor();
    const other = page.getByRole('link', { name: `Open through nginx :${ports.nginx}` });
    expect(await other.getAttribute('href')).toBe(`http://127.0.0.1:${ports.nginx}/`);
    const bytes = (await Promise.all(bodies)).reduce((sum, body) => sum + gzipSync(body).length, 0);
    expect(bytes).toBeLessThan(60_000);
    const sideways = await page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    );
    expect(sideways).toBe(false);
  });

  test('the node that serves is killed while two talk: both go on, nothing is missing and nothing comes twice', async () => {
    const ports = await serve();
    const ada = await join(ports.nginx, 'Ada');
    const ben = await join(ports.haproxy, 'Ben');
    await expect.poll(() => people(ada.page), { timeout }).toEqual(['AAdayou', 'BBen']);
    await say(ben.page, 'before');
    await talks(ada.page, 'before');
    const killed = await here(ada.page);
    const again = ada.page.locator('.lane', { hasText: killed }).and(ada.page.locator('[data-state="up"]'));
    await ada.page.getByRole('button', { name: `Kill node ${killed}` }).click();
    await say(ada.page, 'while it falls');
    await say(ben.page, 'do you hear me?');
    await expect.poll(() => fact(ada.page, 'moves'), { timeout }).toBeGreaterThan(0);
    await expect.poll(() => here(ada.page), { timeout }).not.toBe(killed);
    await again.waitFor();
    await say(ada.page, 'and on');
    for (const { page } of [ada, ben]) {
      for (const text of ['while it falls', 'do you hear me?', 'and on']) await talks(page, text);
      const beats = await fact(page, 'beats');
      await expect.poll(() => fact(page, 'beats'), { timeout }).toBeGreaterThan(beats);
      expect([await fact(page, 'missing'), await fact(page, 'twice')]).toEqual([0, 0]);
    }
    await expect.poll(() => people(ben.page), { timeout }).toEqual(['BBenyou', 'AAda']);
    const texts = await settled(ada.page);
    expect(new Set(texts).size).toBe(texts.length);
    expect(await settled(ben.page)).toEqual(texts);
    expect([...ada.problems, ...ben.problems]).toEqual([]);
  });

  test('whoever is cut off is told the beats of that time by whichever node has them next', async () => {
    const ports = await serve();
    const { page } = await join(ports.nginx, 'Ada');
    expect(await fact(page, 'missed')).toBe(0);
    await page.getByRole('button', { name: 'Cut the connection' }).click();
    await page.getByText(/^cut, reconnecting in \d s$/).waitFor();
    await page.locator('main[data-state="live"]').waitFor();
    // Five seconds of them, but for the newest.
    await expect.poll(() => fact(page, 'missed'), { timeout }).toBeGreaterThan(12);
    expect([await fact(page, 'missing'), await fact(page, 'twice')]).toEqual([0, 0]);
  });
});
