import { tmpdir } from 'node:os';
import type { Program, RunningServer } from './program.ts';
import { startServer } from './program.ts';

/** A Redis server that keeps nothing on the disk. */
export async function startRedis(program: Program, port: number): Promise<RunningServer> {
  const options = ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', tmpdir()];
  return startServer(program, options.map(String), port);
}
