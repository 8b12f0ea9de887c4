import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A file as a page shows it: its name in a line of its own, and below that what is in it. */
const shown = /^`([\w./-]+)`[^\n]*:\n+(?:<!-- code [^\n]*-->\n+)?```\w+\n([\s\S]*?)^```$/gm;

/** An app that a reader has built, in a process of its own. */
export interface BuiltApp {
  readonly port: number;
  /** Ends the process as Ctrl-C does, and starts another one in its place. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Builds in an empty folder what a page says, with what these tests have installed, and starts it. */
export async function builtApp(page: string, main: string): Promise<BuiltApp> {
  const folder = await mkdtemp(join(tmpdir(), 'rt-page-'));
  const files = [...(await readFile(join(root, page), 'utf8')).matchAll(shown)];
  for (const [, name = '', text = ''] of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await symlink(join(root, 'tests/node_modules'), join(folder, 'node_modules'));
  const port = await freePort();
  const start = async () => {
    const env = { ...process.env, PORT: String(port) };
    const child = spawn(process.execPath, [main], { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
    let printed = '';
    child.stderr.on('data', (bytes: Buffer) => (printed += bytes.toString()));
    const isUp = async (): Promise<boolean> => {
      if (child.exitCode !== null) throw new Error(`${page} ends at its start: ${printed}`);
      return fetch(`http://127.0.0.1:${port}/`).then(
        () => true,
        () => false,
      );
    };
    await eventually(`the app of ${page} listens`, isUp);
    return child;
  };
  let running = await start();
  const stop = async (): Promise<void> => {
    const ended = once(running, 'exit');
    running.kill('SIGINT');
    await ended;
  };
  return {
    port,
    async restart() {
      await stop();
      running = await start();
    },
    async close() {
      await stop();
      await rm(folder, { recursive: true });
    },
  };
}
