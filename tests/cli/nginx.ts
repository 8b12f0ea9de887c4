import { onTestFinished } from 'vitest';
import { nginxBinary } from '../../tools/nginx-binary.ts';
import type { After } from './ground.ts';
import { proxyProcess } from './proxy-process.ts';

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
export function nginx(
  { nodes, location = wellDone, http = [], server = [] }: NginxSite,
  after: After = onTestFinished,
): Promise<number> {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return proxyProcess(
    {
      binary: nginxBinary(),
      lines: (folder, port) => [
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
      ],
      options: (folder, file) => ['-p', folder, '-e', 'stderr', '-c', file],
    },
    after,
  );
}
