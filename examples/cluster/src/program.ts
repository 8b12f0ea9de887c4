import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';

/** A program of this machine. */
export interface Program {
  readonly path: string;
  /** The environment that it needs. @default that of this process */
  readonly env?: NodeJS.ProcessEnv;
}

/** A server that has been started, and listens. */
export interface RunningServer {
  readonly port: number;
  readonly pid: number | undefined;
  /** Resolves when it is gone. @default SIGTERM */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

/**
 * Starts a server, and waits until it takes connections.
 *
 * @throws Error if the port is taken; with what it has said if it ends before that
 */
export async function startServer(
  { path, env = process.env }: Program,
  options: readonly string[],
  port: number,
): Promise<RunningServer> {
  await mustBeFree(port);
  const child = spawn(path, options, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output = (output + String(chunk)).slice(-4000)));
  }
  const killed = (): void => void child.kill('SIGKILL');
  process.once('exit', killed);
  const failure = new Promise<Error>((resolve) => {
    child.once('error', (cause) => resolve(new Error(`${path} cannot be started`, { cause })));
    child.once('exit', () => resolve(new Error(`${path} did not start:\n${output}`)));
  });
  let failed: Error | null = null;
  void failure.then((error) => (failed = error));
  while (!(await accepts(port))) {
    if (failed !== null) throw failed;
    // One attempt after another, and not all in one turn.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    port,
    pid: child.pid,
    async stop(signal = 'SIGTERM') {
      process.off('exit', killed);
      await ended(child, signal);
    },
  };
}

/** @throws Error if somebody listens there: it would be taken for the server that is to be started */
export async function mustBeFree(port: number): Promise<void> {
  if (await accepts(port)) throw new Error(`Port ${port} is taken. Stop what listens there, or choose another PORT.`);
}

/** Sends a signal, and waits until the process is gone. */
export async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const open = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  socket.destroy();
  return open;
}
