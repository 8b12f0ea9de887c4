// The clients of one server, in a process of its own.
import type { FromLoad, ToLoad } from '../harness/traffic.ts';
import { Crowd } from './crowd.ts';

const crowd = new Crowd();
const tell = (message: FromLoad): void => void process.send?.(message);

const cell = new Int32Array(new SharedArrayBuffer(4));
const sleepMs = 0.3;
let polls = false;
let polling = false;

/** Looks at the sockets now and then, and lets nobody wake this process up: that would be the server's work. */
function poll(): void {
  polling = polls;
  if (!polls) return;
  Atomics.wait(cell, 0, 0, sleepMs);
  setImmediate(poll);
}

async function expect({ counts, withinMs }: ToLoad & { readonly type: 'expect' }): Promise<void> {
  const deadlineMs = performance.now() + withinMs;
  while (crowd.incomplete(counts) > 0 && performance.now() < deadlineMs) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  // What is too much would come right behind.
  await new Promise((resolve) => setTimeout(resolve, 30));
  polls = false;
  tell({ type: 'seen', seen: crowd.tell(counts) });
}

async function obey(message: ToLoad): Promise<void> {
  switch (message.type) {
    case 'open': {
      if (message.resume) crowd.close();
      await crowd.open(message).catch(() => {});
      return tell({ type: 'opened', problems: crowd.problems });
    }
    case 'begin': {
      crowd.begin(message.every);
      polls = message.polls;
      if (!polling) poll();
      return tell({ type: 'begun' });
    }
    case 'expect':
      return expect(message);
    case 'let go': {
      crowd.letGo();
      return tell({ type: 'let go' });
    }
    case 'pause': {
      crowd.pause(message.connections);
      return tell({ type: 'paused' });
    }
  }
}

process.on('message', (message: ToLoad) => void obey(message));
process.once('disconnect', () => process.exit());
