import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cache = join(dirname(dirname(fileURLToPath(import.meta.url))), 'node_modules/.cache/redis');

/** A server's program, and where the libraries are that it needs beside those of the machine. */
export interface RedisBinary {
  readonly path: string;
  readonly libraries: string | null;
}

/**
 * A Redis or Valkey server for tests: RT_REDIS_SERVER if set, else one on the PATH, else Debian's own package, unpacked
 * once into node_modules/.cache: nothing is installed, and no service is started.
 *
 * @throws Error if there is none to be had
 */
export function redisBinary(): RedisBinary {
  const given = process.env['RT_REDIS_SERVER'] ?? onPath('valkey-server') ?? onPath('redis-server');
  if (given !== undefined) return { path: given, libraries: null };
  const folder = join(cache, 'debian-12');
  if (!existsSync(folder)) unpack(folder);
  return { path: join(folder, 'usr/bin/redis-server'), libraries: join(folder, 'usr/lib/x86_64-linux-gnu') };
}

function onPath(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

/** All of it or nothing: two test files may come here at once. */
function unpack(folder: string): void {
  const partial = `${folder}.${randomUUID()}`;
  mkdirSync(partial, { recursive: true });
  const run = (command: string, ...args: readonly string[]): string =>
    execFileSync(command, args, { cwd: partial, encoding: 'utf8', stdio: 'pipe' });
  try {
    run('apt-get', 'download', ...missing(run));
    for (const file of readdirSync(partial)) run('dpkg', '-x', file, 'root');
    renameSync(join(partial, 'root'), folder);
  } catch (cause) {
    if (existsSync(folder)) return;
    throw new Error(
      'these tests need a Redis server: put redis-server or valkey-server on the PATH, or set RT_REDIS_SERVER',
      { cause },
    );
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** The packages that the server needs and the machine lacks. */
function missing(run: (command: string, ...args: readonly string[]) => string): readonly string[] {
  const plan = (): string => run('apt-get', '-s', 'install', '--no-install-recommends', 'redis-server');
  let planned: string;
  try {
    planned = plan();
  } catch {
    // A new machine has no package lists yet.
    run('apt-get', 'update');
    planned = plan();
  }
  return [...planned.matchAll(/^Inst (\S+)/gm)].map(([, name = '']) => name);
}
