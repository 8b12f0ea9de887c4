import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Hub } from '@rt/core';
import { expect, onTestFinished, test } from 'vitest';
import { testHub } from '../support/hub.ts';
import { healthOf as expressHealth } from './proxies-health/express.ts';
import { healthOf as fastifyHealth } from './proxies-health/fastify.ts';
import { healthOf as koaHealth } from './proxies-health/koa.ts';
import { healthOf as nodeHealth } from './proxies-health/node.ts';

const hosts: readonly (readonly [string, (hub: Hub) => (port: number) => Server])[] = [
  ['express', expressHealth],
  ['fastify', fastifyHealth],
  ['koa', koaHealth],
  ['node', nodeHealth],
];

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const guide = read('../../docs/guides/scaling.md');

/** Lines without their indentation: the guide shows a part of a function. */
function flat(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}

function blocks(language: string): readonly string[] {
  return [...guide.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, code = '']) => code);
}

// RT-PROXY-7
test('the guide shows the configurations that run here, and code that is tested', () => {
  expect(blocks('nginx')).toEqual([read('../../examples/cluster/proxies/nginx.conf')]);
  expect(blocks('haproxy')).toEqual([read('../../examples/cluster/proxies/haproxy.cfg')]);
  const files = [...hosts.map(([name]) => `proxies-health/${name}.ts`), '../nest/health-controller.ts'];
  const tested = files.map((file) => flat(read(file))).join('\n');
  const shown = blocks('ts').filter((block) => block.includes('/ready') || block.includes("'ready'"));
  expect(shown.length).toBe(files.length);
  for (const block of shown) expect(tested).toContain(flat(block));
});

test.each(hosts)('the app of the guide for %s says whether it lives, and whether it is ready', async (_, healthOf) => {
  const { hub } = testHub();
  const server = healthOf(hub as unknown as Hub)(0);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ask = async (path: string): Promise<number> => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
  expect([await ask('/live'), await ask('/ready')]).toEqual([200, 200]);
  await hub.close({ withinMs: 100 });
  expect([await ask('/live'), await ask('/ready')]).toEqual([200, 503]);
});
