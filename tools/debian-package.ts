import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cache = join(dirname(dirname(fileURLToPath(import.meta.url))), 'node_modules/.cache');

/** A server's program, and where the libraries are that it needs beside those of the machine. */
export interface Binary {
  readonly path: string;
  readonly libraries: string | null;
}

export interface Wanted {
  /** The variable of the environment that may name it. */
  readonly variable: string;
  /** What it may be called on the PATH; the first that is there is taken. */
  readonly names: readonly string[];
  /** Debian's package, and the program in it from its root. */
  readonly package: string;
  readonly file: string;
}

/**
 * The program that the variable names, else one on the PATH, else Debian's package with the packages that it needs and the
 * machine lacks, unpacked once into node_modules/.cache: nothing is installed, and no service is started.
 *
 * @throws Error if there is none to be had
 */
export function binary({ variable, names, package: name, file }: Wanted): Binary {
  const path = process.env[variable] ?? names.map(onPath).find((found) => found !== undefined);
  if (path !== undefined) return { path, libraries: null };
  const folder = join(cache, name, 'debian-12');
  try {
    if (!existsSync(folder)) unpack(name, folder);
  } catch (cause) {
    throw new Error(`this needs ${name}: put ${names.join(' or ')} on the PATH, or set ${variable}`, { cause });
  }
  return { path: join(folder, file), libraries: join(folder, 'usr/lib/x86_64-linux-gnu') };
}

/** The variables of the environment with which a program finds its libraries. */
export function environmentOf({ libraries }: Binary): NodeJS.ProcessEnv {
  return libraries === null ? process.env : { ...process.env, LD_LIBRARY_PATH: libraries };
}

function onPath(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

/** All of it or nothing: two test files may come here at once. */
function unpack(name: string, folder: string): void {
  const partial = `${folder}.${randomUUID()}`;
  mkdirSync(partial, { recursive: true });
  const run = (command: string, ...args: readonly string[]): string =>
    execFileSync(command, args, { cwd: partial, encoding: 'utf8', stdio: 'pipe' });
  try {
    run('apt-get', 'download', ...missing(name, run));
    for (const file of readdirSync(partial)) run('dpkg', '-x', file, 'root');
    renameSync(join(partial, 'root'), folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** The package itself, and those that it needs and the machine lacks. */
function missing(name: string, run: (command: string, ...args: readonly string[]) => string): readonly string[] {
  const plan = (): string => run('apt-get', '-s', 'install', '--no-install-recommends', name);
  let planned: string;
  try {
    planned = plan();
  } catch {
    // A new machine has no package lists yet.
    run('apt-get', 'update');
    planned = plan();
  }
  return [...planned.matchAll(/^Inst (\S+)/gm)].map(([, found = '']) => found);
}
