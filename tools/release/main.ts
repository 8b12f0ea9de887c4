// Tries what would be published: `pnpm release:dry`, or some of it with `--only express-esm,ts7,node22`.
// Packs every package, looks into the tarballs, and installs them into throw-away apps that compile, run and end.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildApp, runApp } from './app-folder.ts';
import { buildsOf, nodes } from './cells.ts';
import type { Build, NodeName } from './cells.ts';
import { nodeFolder } from './node-binary.ts';
import { removeStaleOutput } from './stale-output.ts';
import { tarballFaults } from './tarball-faults.ts';
import { packAll } from './tarballs.ts';
import type { Tarball } from './tarballs.ts';

/** One row of the table: a build, and how each Node has run it. */
interface Row {
  readonly name: string;
  readonly results: Readonly<Partial<Record<NodeName, boolean>>>;
}

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });
const builds = buildsOf(values.only.split(',').filter((word) => word !== ''));
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const folder = await mkdtemp(join(tmpdir(), 'rt-release-'));
const started = performance.now();
const nodeFolders = new Map<NodeName, Promise<string>>();
try {
  process.exitCode = (await tryAll()) ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function tryAll(): Promise<boolean> {
  removeStaleOutput(root);
  const tarballs = await packAll(root, join(folder, 'tarballs'));
  const faults = tarballs.flatMap((tarball) => tarballFaults(tarball).map((fault) => `x ${tarball.name}: ${fault}`));
  for (const fault of faults) console.log(fault);
  say(`${tarballs.length} tarballs, ${faults.length} faults in them`);
  const rows: Row[] = [];
  for (const build of builds) rows.push(await tryBuild(build, tarballs));
  printTable(rows);
  const cells = rows.flatMap(({ results }) => Object.values(results));
  const green = cells.filter(Boolean).length;
  say(`${green} of ${cells.length} cells are green`);
  return faults.length === 0 && green === cells.length;
}

async function tryBuild(build: Build, tarballs: readonly Tarball[]): Promise<Row> {
  const { app, typescript } = build;
  const name = `${app.name} ${typescript}`;
  const home = join(folder, `${app.name}-${typescript}`);
  const isBuilt = await goesWell(`${name} installs and compiles`, () =>
    buildApp(build, { root, folder: home, tarballs }),
  );
  const results: Partial<Record<NodeName, boolean>> = {};
  for (const node of build.nodes) {
    results[node] = isBuilt && (await goesWell(`${name} ${node}`, async () => runApp(app, home, await folderOf(node))));
  }
  await rm(home, { recursive: true, force: true });
  return { name, results };
}

function folderOf(node: NodeName): Promise<string> {
  const found = nodeFolders.get(node) ?? nodeFolder(node, folder);
  nodeFolders.set(node, found);
  return found;
}

async function goesWell(what: string, step: () => Promise<unknown>): Promise<boolean> {
  try {
    await step();
    say(`  ${what}`);
    return true;
  } catch (error) {
    say(`x ${what}\n${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

function printTable(rows: readonly Row[]): void {
  const columns = Object.keys(nodes) as NodeName[];
  const width = Math.max(...rows.map(({ name }) => name.length));
  console.log(`\n${' '.repeat(width)}  ${columns.join('  ')}`);
  for (const { name, results } of rows) {
    const words = columns.map((column) => word(results[column]).padEnd(column.length));
    console.log(`${name.padEnd(width)}  ${words.join('  ')}`);
  }
}

function word(result: boolean | undefined): string {
  if (result === undefined) return '-';
  return result ? 'ok' : 'FAILED';
}

function say(text: string): void {
  console.log(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${text}`);
}
