import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { environmentOf } from '../../tools/debian-package.ts';
import { nginxBinary } from '../../tools/nginx-binary.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import type { After } from './ground.ts';

/** What of nginx's configuration a test has of its own. */
export interface NginxSite {
  /** The ports behind it; several take turns. */
  readonly nodes: readonly number[];
  /** Lines of `location /`, beside the address. @default those that a hub needs */
  readonly location?: readonly string[];
  /** Lines of `http` and of `server`. @default none */
  readonly http?: readonly string[];
  readonly server?: readonly string[];
}

/** What a hub needs of nginx, as the guide has it. */
export const wellDone = [
  'proxy_http_version 1.1;',
  'proxy_set_header Host $http_host;',
  'proxy_set_header Upgrade $http_upgrade;',
  'proxy_set_header Connection $rt_connection;',
  'proxy_read_timeout 60s;',
] as const;

/** Those lines without some of them. */
export function without(...parts: readonly string[]): readonly string[] {
  return wellDone.filter((line) => !parts.some((part) => line.includes(part)));
}

/** Starts an nginx of the test's own, and resolves to its port. */
export async function nginx(
  { nodes, location = wellDone, http = [], server = [] }: NginxSite,
  after: After = onTestFinished,
): Promise<number> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'rt-nginx-'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const lines = [
    'daemon off;',
    // One process, of the same user: nothing is left behind when it is killed.
    'master_process off;',
    `pid ${folder}/pid;`,
    'error_log stderr crit;',
    'events { worker_connections 256; }',
    'http {',
    'access_log off;',
    ...temporary.map((name) => `${name}_temp_path ${folder}/${name};`),
    'map $http_upgrade $rt_connection { default upgrade; "" ""; }',
    `upstream rt { ${nodes.map((node) => `server 127.0.0.1:${node} max_fails=0;`).join(' ')} }`,
    ...http.map((line) => line.replace('FOLDER', folder)),
    `server { listen 127.0.0.1:${port};`,
    ...server,
    'location / { proxy_pass http://rt;',
    ...location,
    '} } }',
  ];
  writeFileSync(join(folder, 'nginx.conf'), lines.join('\n'));
  const binary = nginxBinary();
  const options = ['-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')];
  const child = spawn(binary.path, options, { env: environmentOf(binary), stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  after(async () => {
    if (child.exitCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  });
  await eventually(`nginx listens; it says ${said}`, async () => {
    if (child.exitCode !== null) throw new Error(`nginx did not start:\n${said}`);
    return accepts(port);
  });
  return port;
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const open = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  socket.destroy();
  return open;
}
