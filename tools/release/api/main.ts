// What each entry point of the packages exports, as `api/*.d.ts`: `pnpm api:write` after a build. With `--check` it writes
// nothing, and fails if a file is not what is exported.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FormatConfig } from 'oxfmt';
import { format } from 'oxfmt';
import { readManifest } from '../../gates/manifest.ts';
import { PublicNames } from './public-names.ts';

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const style = JSON.parse(readFileSync(join(root, '.oxfmtrc.json'), 'utf8')) as FormatConfig;
const folder = join(root, 'api');
const isCheck = process.argv.includes('--check');

mkdirSync(folder, { recursive: true });
const snapshots = new Map<string, string>();
for (const name of readdirSync(join(root, 'packages'))) {
  for (const [file, text] of await snapshotsOf(name)) snapshots.set(file, text);
}
const files = new Set([...snapshots.keys(), ...readdirSync(folder)]);
const changed = [...files].filter((file) => snapshots.get(file) !== read(join(folder, file)));
for (const file of changed) {
  const text = snapshots.get(file);
  if (!isCheck && text === undefined) rmSync(join(folder, file));
  if (!isCheck && text !== undefined) writeFileSync(join(folder, file), text);
  console.log(
    isCheck ? `api/${file} is not what is exported: pnpm api:write, and look at what changes` : `wrote api/${file}`,
  );
}
console.log(`api: ${snapshots.size} entry points, ${changed.length} changed`);
if (isCheck && changed.length > 0) process.exitCode = 1;

async function snapshotsOf(name: string): Promise<ReadonlyMap<string, string>> {
  const home = join(root, 'packages', name);
  const manifest = readManifest({ path: 'package.json', text: readFileSync(join(home, 'package.json'), 'utf8') });
  const names = new PublicNames((path) => readFileSync(join(home, path), 'utf8'));
  const texts = new Map<string, string>();
  for (const [subpath, target] of Object.entries(manifest?.exports ?? {})) {
    const types = typeof target === 'string' ? undefined : target['types'];
    if (types === undefined) continue;
    const file = `${[name, ...subpath.split('/').slice(1)].join('-')}.d.ts`;
    const text = `// ${posix.join(`@rt/${name}`, subpath)}\n\n${names.snapshot(posix.normalize(types))}\n`;
    const { code, errors } = await format(file, text, style);
    if (errors[0] !== undefined) throw new Error(`api/${file}: ${errors[0].message}`);
    texts.set(file, code);
  }
  return texts;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
