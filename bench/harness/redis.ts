import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { environmentOf } from '../../tools/debian-package.ts';
import { redisBinary } from '../../tools/redis-binary.ts';
import { pins } from './process.ts';

/** A Redis server that holds nothing yet, on the core of the clients. */
export interface Redis {
  readonly port: number;
  stop(): Promise<void>;
}

export async function startRedis(core: number): Promise<Redis> {
  const binary = redisBinary();
  const folder = mkdtempSync(join(tmpdir(), 'rt-bench-redis-'));
  const port = await freePort();
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  const command = pins ? ['taskset', '-c', String(core), binary.path] : [binary.path];
  const child: ChildProcess = spawn(command[0] ?? '', [...command.slice(1), ...settings], {
    env: environmentOf(binary),
    stdio: 'ignore',
  });
  const onExit = (): void => void child.kill('SIGKILL');
  process.once('exit', onExit);
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`${binary.path} did not start`);
    await wait(20);
  }
  return {
    port,
    async stop() {
      process.off('exit', onExit);
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
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
