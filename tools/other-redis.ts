// Prints where a server of another kind or release is, for RT_REDIS_SERVER; gets it from Debian's next release if need be:
//   RT_REDIS_SERVER=$(node tools/other-redis.ts valkey) npm test -- tests/brokers/redis.test.ts
// It brings all libraries that it needs, also the C library, and is started by the loader of that one.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const servers: Readonly<Record<string, readonly [name: string, program: string]>> = {
  valkey: ['valkey-server', 'valkey-server'],
  redis: ['redis-server', 'redis-server'],
};
const mirror = 'http://deb.debian.org/debian';
const release = 'trixie';
const cache = join(dirname(dirname(fileURLToPath(import.meta.url))), 'node_modules/.cache', release);

interface Package {
  readonly file: string;
  readonly needs: readonly string[];
}

async function fetched(path: string): Promise<Buffer> {
  const response = await fetch(`${mirror}/${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

/** All packages of the release, by their names. */
async function packages(): Promise<ReadonlyMap<string, Package>> {
  const packed = await fetched(`dists/${release}/main/binary-amd64/Packages.xz`);
  const text = execFileSync('xz', ['-dc'], { input: packed, maxBuffer: 2 ** 30 }).toString();
  return new Map(
    text.split('\n\n').map((entry) => {
      const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(entry)?.[1] ?? '';
      // Of alternatives the first.
      const needs = `${field('Depends')}, ${field('Pre-Depends')}`
        .split(',')
        .map((need) => need.trim().split(/[ :|]/)[0] ?? '');
      return [field('Package'), { file: field('Filename'), needs }];
    }),
  );
}

async function unpack(name: string, folder: string): Promise<void> {
  const all = await packages();
  const partial = `${folder}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  try {
    const wanted = new Set([name]);
    for (const one of wanted) {
      const found = all.get(one);
      // What sets up a system is not needed.
      if (found === undefined || one === '' || one === 'adduser') continue;
      for (const need of found.needs) wanted.add(need);
      const archive = join(partial, basename(found.file));
      writeFileSync(archive, await fetched(found.file));
      execFileSync('dpkg', ['-x', archive, join(partial, 'root')]);
      rmSync(archive);
    }
    renameSync(join(partial, 'root'), folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

const [name, program] = servers[process.argv[2] ?? ''] ?? [];
if (name === undefined || program === undefined) throw new Error(`which one: ${Object.keys(servers).join(' or ')}?`);
const folder = join(cache, name);
const started = join(folder, 'start');
if (!existsSync(started)) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  await unpack(name, folder);
  const libraries = ['usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu'].map((path) => join(folder, path)).join(':');
  const loader = join(folder, 'usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2');
  const file = join(folder, 'usr/bin', program);
  writeFileSync(started, `#!/bin/sh\nexec ${loader} --library-path ${libraries} ${file} "$@"\n`);
  chmodSync(started, 0o755);
}
console.log(started);
