import * as client from '@rt/client';
import { createPipes } from './pipes.ts';
import type { Runner, Told } from './runner.ts';

/** The transports in this process. */
export async function nodeRunner(): Promise<Runner> {
  let listener: (pipe: number, told: Told) => void = () => {};
  const pipes = createPipes(client, (pipe, told) => listener(pipe, told));
  return {
    pipes: {
      open: async (...values) => pipes.open(...values),
      send: async (...values) => pipes.send(...values),
      named: async (...values) => pipes.named(...values),
      last: async (...values) => pipes.last(...values),
      close: async (...values) => pipes.close(...values),
      turn: (...values) => pipes.turn(...values),
    },
    listen: (listen) => void (listener = listen),
    async close() {},
  };
}
