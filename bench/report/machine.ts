import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { oldNode } from '../harness/node-20.ts';
import { pins } from '../harness/process.ts';

/** On what, with what and how something was measured. */
export interface Machine {
  readonly measuredAt: string;
  readonly command: string;
  readonly commit: string;
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGB: number;
  readonly system: string;
  readonly pinned: boolean;
  readonly uWebSockets: string;
  readonly packages: Readonly<Record<string, string>>;
}

const named = [
  'ws',
  'socket.io',
  'better-sse',
  '@fastify/websocket',
  '@fastify/sse',
  '@nestjs/platform-ws',
  '@nestjs/core',
  'express',
  'fastify',
  'koa',
  'ioredis',
];

function versionOf(name: string): string {
  const path = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return existsSync(path)
    ? (JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string }).version
    : 'missing';
}

function git(...args: readonly string[]): string {
  try {
    return execFileSync('git', args, {
      cwd: new URL('.', import.meta.url),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return '';
  }
}

export function machine(command: string): Machine {
  const found = oldNode();
  const changed = git('status', '--porcelain', '--', '../../packages', '../../bench')
    .split('\n')
    .some((line) => line !== '' && !line.includes('results/'));
  return {
    measuredAt: new Date().toISOString(),
    command,
    commit: `${git('rev-parse', '--short', 'HEAD') || 'unknown'}${changed ? ' with changes' : ''}`,
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGB: Math.round(totalmem() / 1e9),
    system: `${type()} ${release()}`,
    pinned: pins,
    uWebSockets: typeof found === 'string' ? found : '20.30 from npm (@trufflesuite/uws-js-unofficial), on Node 20.20',
    packages: Object.fromEntries(named.map((name) => [name, versionOf(name)])),
  };
}
