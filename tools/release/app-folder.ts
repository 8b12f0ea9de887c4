import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from './apps.ts';
import { typescripts } from './cells.ts';
import type { Build } from './cells.ts';
import { doorsSource } from './doors-source.ts';
import { cleanEnv, runCommand } from './run-command.ts';
import type { Tarball } from './tarballs.ts';

/** Writes an app, installs it as a user would, with our packages from their tarballs, and compiles it, libraries included. */
export async function buildApp(
  { app, typescript }: Build,
  { root, folder, tarballs }: { readonly root: string; readonly folder: string; readonly tarballs: readonly Tarball[] },
): Promise<void> {
  const ours = closure(app, tarballs);
  await mkdir(join(folder, 'src'), { recursive: true });
  await writeJson(join(folder, 'package.json'), {
    name: 'app',
    private: true,
    type: app.module,
    dependencies: {
      ...Object.fromEntries(ours.map(({ name, path }) => [name, `file:${path}`])),
      ...app.others,
      '@types/node': '^24.0.0',
      typescript: typescripts[typescript],
      zod: '^4.0.0',
    },
    overrides: Object.fromEntries(ours.map(({ name }) => [name, `$${name}`])),
  });
  await writeJson(join(folder, 'tsconfig.json'), {
    compilerOptions: {
      target: 'es2023',
      module: 'nodenext',
      strict: true,
      types: ['node'],
      rootDir: 'src',
      outDir: 'dist',
      rewriteRelativeImportExtensions: true,
      ...(app.name === 'nest' ? { experimentalDecorators: true, emitDecoratorMetadata: true } : {}),
    },
    include: ['src'],
  });
  await writeSources(app, { root, folder, ours });
  await runCommand(['npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'], {
    cwd: folder,
  });
  await assertFromTarballs(folder);
  await runCommand(['npx', '--no', 'tsc'], { cwd: folder });
}

/**
 * Runs what was built with the Node in a folder, and resolves to what it said.
 *
 * @throws CommandError unless it says that all went well, and ends by itself
 */
export async function runApp({ main }: App, folder: string, node: string): Promise<string> {
  const env = cleanEnv();
  const command = [join(node, 'node'), join('dist', `${main ?? 'doors'}.js`)];
  const output = await runCommand(command, {
    cwd: folder,
    env: { ...env, PATH: `${node}:${env['PATH'] ?? ''}` },
    withinMs: 60_000,
  });
  if (!output.includes('smoke: ')) throw new Error(`${command.join(' ')}: ended before it was done\n${output}`);
  return output;
}

/** What an app asks for of ours, and what that asks for. */
function closure({ asksFor }: App, tarballs: readonly Tarball[]): readonly Tarball[] {
  const wanted = new Set(tarballs.map(({ name }) => name).filter(asksFor));
  for (const name of wanted) {
    const manifest = tarballs.find((tarball) => tarball.name === name)?.manifest;
    for (const other of Object.keys(manifest?.dependencies ?? {})) wanted.add(other);
  }
  return tarballs.filter(({ name }) => wanted.has(name));
}

async function writeSources(
  { main }: App,
  { root, folder, ours }: { readonly root: string; readonly folder: string; readonly ours: readonly Tarball[] },
): Promise<void> {
  if (main === null) return writeFile(join(folder, 'src/doors.ts'), doorsSource(ours));
  for (const name of [main, 'channels', 'smoke']) {
    if (main === 'cli' && name === 'smoke') continue;
    await copyFile(join(root, 'tests/release/apps', `${name}.ts`), join(folder, `src/${name}.ts`));
  }
}

/** Whatever else is published under our names is not what is tried here. */
async function assertFromTarballs(folder: string): Promise<void> {
  const lock = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly resolved?: string }>>;
  };
  const others = Object.entries(lock.packages)
    .filter(([path, { resolved }]) => path.includes('node_modules/@rt/') && resolved?.startsWith('file:') !== true)
    .map(([path]) => path);
  if (others.length > 0) throw new Error(`not from the tarballs: ${others.join(', ')}`);
}

function writeJson(path: string, value: unknown): Promise<void> {
  return writeFile(path, JSON.stringify(value, undefined, 2));
}
