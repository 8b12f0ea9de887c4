import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentOf } from '../../tools/debian-package.ts';
import { redisBinary } from '../../tools/redis-binary.ts';
import { freePort } from './free-port.ts';

/** A real Redis server of a test's own, which may be killed, frozen and started again. */
export class RedisServer {
  readonly port: number;
  readonly #folder = mkdtempSync(join(tmpdir(), 'rt-redis-'));
  #process: ChildProcess | null = null;
  readonly #onExit = (): void => void this.#process?.kill('SIGKILL');

  readonly #settings: string[];

  private constructor(port: number, settings: readonly string[]) {
    this.port = port;
    this.#settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', this.#folder, ...settings];
    process.once('exit', this.#onExit);
  }

  /** @param settings Options of its command line, beside its port and its folder. */
  static async start(...settings: readonly string[]): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), ['--save', '', ...settings]);
    await server.start();
    return server;
  }

  /** A sentinel, which watches what its lines say and writes down there what becomes of it. */
  static async sentinel(lines: readonly string[]): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), ['--sentinel']);
    const file = join(server.#folder, 'sentinel.conf');
    writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
    server.#settings.unshift(file);
    await server.start();
    return server;
  }

  /** Starts it, with what it had saved when it was stopped. */
  async start(): Promise<void> {
    const binary = redisBinary();
    const child = spawn(binary.path, this.#settings, { env: environmentOf(binary), stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += String(chunk)));
    while (!(await accepts(this.port))) {
      if (child.exitCode !== null) throw new Error(`${binary.path} did not start:\n${output}`);
    }
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process?.kill(name);
  }

  /** Kills it: nothing that it had not saved is left. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null) return;
    child.kill('SIGKILL');
    const exited = once(child, 'exit');
    child.kill('SIGCONT');
    await exited;
  }

  /** Kills it for good. */
  async stop(): Promise<void> {
    process.off('exit', this.#onExit);
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const open = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  socket.destroy();
  // One attempt after another, and not all in one turn.
  if (!open) await new Promise((resolve) => setTimeout(resolve, 20));
  return open;
}
