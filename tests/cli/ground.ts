import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { HubOptions } from '@rt/core';
import { channel, createHub, defineChannels, ephemeral } from '@rt/core';
import { attach, realtime } from '@rt/node';
import { within } from '@rt/testkit';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { listening } from '../support/listen.ts';

const channels = defineChannels({
  'room:{id}': channel({
    events: { said: z.unknown(), drawn: z.instanceof(Uint8Array), typing: ephemeral(z.string()) },
    keep: { count: 250 },
    subscribe: 'anyone',
    publish: 'anyone',
    presence: z.object({ name: z.string() }),
    enter: 'anyone',
  }),
  'own:{user}': channel({
    events: { said: z.unknown() },
    subscribe: ({ user, params }) => (user as { readonly id: string } | null)?.id === params.user,
  }),
});

/** Is given what is to be closed after a test. */
export type After = (close: () => Promise<void>) => void;

/**
 * A hub behind a server without a framework; the user is whom the header `x-user` names.
 *
 * @param after Of the test, where several run at once.
 */
export async function serveHub(options: HubOptions = {}, after: After = onTestFinished) {
  const hub = createHub({ channels, reconnect: { minMs: 1, maxMs: 50 }, limits: { rates: false }, ...options });
  const listener = realtime(hub, {
    user: ({ headers }) => (headers['x-user'] === undefined ? null : { id: String(headers['x-user']) }),
  });
  const server = createServer((request, response) => void listener(request, response));
  attach(server);
  const { port, close } = await listening(server);
  const stop = async (): Promise<void> => {
    await hub.close({ withinMs: 100 });
    server.closeAllConnections();
    await close();
  };
  let stopped: Promise<void> | null = null;
  const stopOnce = (): Promise<void> => (stopped ??= stop());
  after(stopOnce);
  return { hub, port, url: `http://127.0.0.1:${port}/rt`, stop: stopOnce };
}

/** A command that runs, in a process of its own. */
export interface Running {
  /** The next line of its output. */
  line(): Promise<string>;
  /** The same, as JSON. */
  json(): Promise<Readonly<Record<string, unknown>>>;
  /** The next line that is JSON of this type. */
  jsonOf(type: string): Promise<Readonly<Record<string, unknown>>>;
  /** Writes its input. */
  say(text: string): void;
  endInput(): void;
  signal(name: NodeJS.Signals): void;
  /** Resolves when it has ended. */
  readonly ended: Promise<Ended>;
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly notes: string;
}

const program = fileURLToPath(import.meta.resolve('@rt/cli').replace(/index\.js$/, 'rt.js'));

/** Starts the program. It is killed at the end of the test if it has not ended by itself. */
export function start(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Running {
  const { FORCE_COLOR: _, NO_COLOR: __, ...env } = process.env;
  const child = spawn(process.execPath, [program, ...args], { env: { ...env, ...variables } });
  let out = '';
  let notes = '';
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (notes += String(chunk)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => resolve({ code, out, notes }));
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const line = async (): Promise<string> => {
    const next = await within(`a line of rt ${args.join(' ')}; it says ${notes}`, lines.next());
    if (next.done === true) throw new Error(`rt ${args.join(' ')} has ended: ${notes}`);
    return next.value;
  };
  const json = async () => JSON.parse(await line()) as Readonly<Record<string, unknown>>;
  return {
    line,
    json,
    async jsonOf(type) {
      for (;;) {
        const object = await json();
        if (object['type'] === type) return object;
      }
    },
    say: (text) => void child.stdin.write(text),
    endInput: () => void child.stdin.end(),
    signal: (name) => void child.kill(name),
    ended,
  };
}

/** Runs the program to its end. */
export async function rt(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const running = start(args, variables);
  running.endInput();
  return within(`rt ${args.join(' ')} to end`, running.ended, 25_000);
}
