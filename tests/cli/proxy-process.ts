import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Binary } from '../../tools/debian-package.ts';
import { environmentOf } from '../../tools/debian-package.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import type { After } from './ground.ts';

/** A program that listens where its configuration says. */
export interface ProxyProgram {
  readonly binary: Binary;
  /** Its configuration, in a folder of its own. */
  readonly lines: (folder: string, port: number) => readonly string[];
  /** Its command line. */
  readonly options: (folder: string, file: string) => readonly string[];
}

/** Starts it on a free port, and resolves to that. It is killed after the test. */
export async function proxyProcess({ binary, lines, options }: ProxyProgram, after: After): Promise<number> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'rt-proxy-'));
  const file = join(folder, 'proxy.conf');
  writeFileSync(file, `${lines(folder, port).join('\n')}\n`);
  const child = spawn(binary.path, options(folder, file), { env: environmentOf(binary) });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  after(async () => {
    if (child.exitCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  });
  await eventually('the proxy listens', () => {
    if (child.exitCode !== null) throw new Error(`${binary.path} did not start:\n${said}`);
    return fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
  });
  return port;
}
