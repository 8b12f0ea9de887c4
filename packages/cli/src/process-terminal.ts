import { createInterface } from 'node:readline';
import type { Screen, Terminal } from './terminal.ts';
import { wantsColours } from './terminal.ts';

/** The terminal of this process. The first Ctrl-C ends the command in good order, the second one at once. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process;
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  // Whoever reads has seen enough, as `head` does.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    stop.abort();
  });
  const screen = (stream: NodeJS.WriteStream): Screen => ({
    colours: wantsColours(stream.isTTY, env),
    line: (text) => void stream.write(`${text}\n`),
  });
  return {
    out: screen(stdout),
    notes: screen(stderr),
    lines: () => createInterface({ input: stdin, crlfDelay: Infinity, signal: stop.signal }),
    signal: stop.signal,
    variables: env,
  };
}
