import { execFile } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { createHub } from '@rt/core';
import { realtime } from '@rt/express-sse';
import express from 'express';
import { channels } from './channels.ts';

const run = promisify(execFile);
const hub = createHub({ channels });
const rt = realtime(hub, { user: () => null });
const app = express();
app.use('/rt', rt);

const server = app.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  void ask(`http://127.0.0.1:${port}/rt`);
});
rt.attach(server, { path: '/rt' });

/** Rejects, with what was printed, if a command does not end with 0. */
async function ask(url: string): Promise<void> {
  const rtCommand = async (...args: readonly string[]): Promise<string> =>
    (await run('npx', ['--no', '@rt/cli', ...args])).stdout;

  await rtCommand('publish', url, 'lobby', 'message', '{"text":"from the terminal"}');
  const told = await rtCommand('tail', url, 'lobby', '--from', 'start', '--count', '1', '--json');
  if (!told.includes('from the terminal')) throw new Error(`rt tail said ${told}`);
  const found = await rtCommand('doctor', url, '--channel', 'lobby', '--patience', '1', '--json');
  if (!/"type":"summary".*"fail":0/.test(found)) throw new Error(`rt doctor said ${found}`);

  await hub.close();
  server.close();
  console.log('smoke: publish, tail, doctor');
}
