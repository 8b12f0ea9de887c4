import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** An older Node for the one package that has no build for newer ones. */
export interface OldNode {
  readonly node: string;
  readonly uws: string;
  /** The server's process as JavaScript, which that Node can run. */
  readonly file: URL;
}

const version = '20.20.2';
const uws = '@trufflesuite/uws-js-unofficial';
const uwsVersion = '20.30.0-unofficial.0';
const folders = ['server', 'harness', 'contestants'];

let found: OldNode | string | null = null;

/** Node 20 and uWebSockets.js from npm; or why they cannot be had. */
export function oldNode(): OldNode | string {
  found ??= find();
  return found;
}

function find(): OldNode | string {
  if (process.platform !== 'linux') return 'uWebSockets.js is measured on Linux alone';
  const packages = [`node-linux-${process.arch}@${version}`, `${uws}@${uwsVersion}`];
  try {
    const path = execFileSync(
      'npx',
      [
        '--yes',
        ...packages.flatMap((name) => ['--package', name]),
        '--call',
        'node -p process.execPath && node -p process.env.PATH',
      ],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    );
    const [node = '', folder = ''] = path.trim().split('\n');
    return { node, uws: join(dirname(folder.split(':')[0] ?? ''), uws), file: stripped() };
  } catch (cause) {
    return `no build of uWebSockets.js could be had from npm: ${String(cause).split('\n', 1)[0]}`;
  }
}

/** A copy without types. */
function stripped(): URL {
  const root = mkdtempSync(join(tmpdir(), 'rt-bench-'));
  process.once('exit', () => rmSync(root, { recursive: true, force: true }));
  for (const folder of folders) {
    mkdirSync(join(root, folder));
    const from = new URL(`../${folder}/`, import.meta.url);
    for (const name of readdirSync(from).filter((each) => each.endsWith('.ts'))) {
      const text = stripTypeScriptTypes(readFileSync(new URL(name, from), 'utf8'));
      writeFileSync(
        join(root, folder, name.replace(/ts$/, 'mjs')),
        text.replaceAll(/(from '\.[^']*)\.ts'/g, "$1.mjs'"),
      );
    }
  }
  return pathToFileURL(join(root, 'server/main.mjs'));
}
