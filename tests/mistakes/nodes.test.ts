import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { rawRequest, within } from '@rt/testkit';
import { expect, test } from 'vitest';
import { newHub, serve } from './apps.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const nodeApp = new URL('node-app.ts', import.meta.url);
const clusterApp = new URL('cluster-app.ts', import.meta.url);

/** Runs an app, and resolves to the lines on its terminal. */
async function terminalOf(
  file: URL,
  { args = [], env = {}, node = [] }: Readonly<{ args?: string[]; env?: Record<string, string>; node?: string[] }> = {},
): Promise<readonly string[]> {
  const path = fileURLToPath(file);
  const child = spawn(process.execPath, [...node, path, ...args], { env: { ...process.env, ...env } });
  const [printed, warned, [code]] = await within(
    path,
    Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]),
    20_000,
  );
  expect(code, warned).toBe(0);
  return `${printed}${warned}`.split('\n').filter((line) => line !== '');
}

const alone = /^@rt: this process is one of several .*Give createHub a broker that they share: redisBroker/;

// RT-FIRST-9
test('in several processes a hub that has its own memory says what they need', async () => {
  const lines = await terminalOf(clusterApp);
  expect(lines).toEqual([expect.stringMatching(alone), expect.stringMatching(alone)]);
  expect(await terminalOf(nodeApp, { env: { NODE_APP_INSTANCE: '1' } })).toEqual([expect.stringMatching(alone)]);
});

// RT-FIRST-9
test('it says nothing where there is one process, or where a broker was given', async () => {
  expect(await terminalOf(clusterApp, { args: ['--memory'] })).toEqual([]);
  expect(await terminalOf(nodeApp)).toEqual([]);
  expect(await terminalOf(nodeApp, { env: { NODE_APP_INSTANCE: '0' } })).toEqual([]);
});

// RT-FIRST-9
test('a session that another process has is answered with what several processes need', async () => {
  const [one, two] = [await serve('Express', newHub()), await serve('Express', newHub())];
  const headers = { accept: 'text/event-stream', connection: 'close' };
  const body = '{"type":"connect","id":1}';
  const stream = await rawRequest({ port: one, path: '/rt', method: 'POST', headers, body });
  const { data } = (await stream.events(1))[0] ?? { data: '{}' };
  const { session } = JSON.parse(data) as { readonly session: string };
  const ping = { path: `/rt?session=${session}`, method: 'POST', body: '{"type":"ping","id":2}' };
  expect((await rawRequest({ port: one, ...ping })).head.status).toBe(202);
  const refused = await rawRequest({ port: two, ...ping });
  expect(refused.head.status).toBe(410);
  expect(refused.body.toString() || (await refused.text())).toMatch(
    /If this app runs in several processes, give their hubs a broker that they share/,
  );
});

// RT-FIRST-10
test('on a Node that is too old a hub says which it needs', async () => {
  const old = "data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '18.20.8' })";
  expect(await terminalOf(nodeApp, { node: ['--import', old] })).toEqual([
    '@rt: this is Node 18.20.8, and @rt needs Node 22.12 or newer: update Node',
  ]);
});

// RT-FIRST-10
test.each(readdirSync(`${root}packages`))('%s: npm is told the same', (name) => {
  const manifest = JSON.parse(readFileSync(`${root}packages/${name}/package.json`, 'utf8')) as {
    readonly engines: { readonly node: string };
  };
  expect(manifest.engines.node).toBe('>=22.12');
});
