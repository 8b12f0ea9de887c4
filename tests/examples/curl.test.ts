import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { HubEvent } from '@rt/core';
import { realtime } from '@rt/node';
import { within } from '@rt/testkit';
import { expect, test } from 'vitest';
import { testHub } from '../support/hub.ts';
import { listening } from '../support/listen.ts';

const scripts = [
  ['a stream', 'resume.py', (url: string): readonly string[] => [`${url}?channel=open:1`], 'connections'],
  ['a session', 'session.py', (url: string): readonly string[] => [url, 'open:1'], 'sessions'],
] as const;

test.each(scripts)('%s in Python that is cut goes on without a hole', async (_, file, args, what) => {
  const script = fileURLToPath(new URL(`../../examples/curl/${file}`, import.meta.url));
  const { hub, observed } = testHub();
  const rt = realtime(hub, { user: () => null });
  const { port, close } = await listening(createServer((request, response) => void rt(request, response)));
  const client = spawn('python3', [script, ...args(`http://127.0.0.1:${port}/rt`)]);
  let output = '';
  for (const stream of [client.stdout, client.stderr])
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  const ended = new Promise<number | null>((resolve, reject) => client.on('close', resolve).on('error', reject));
  for (const connection of [1, 2, 3]) {
    const count = (type: string): number => connection - (type === 'opened' ? 0 : 1);
    await within(
      `connection ${connection}`,
      observed(
        (events) =>
          events.filter(({ type }) => type === 'connection_opened').length === count('opened') &&
          events.filter(({ type }) => type === 'connection_closed').length === count('closed'),
      ),
    );
    // One more than it takes before it breaks the connection: the next one has to begin with it.
    // A session is open before it is subscribed; only what comes then is its to see.
    const subscribed = (events: readonly HubEvent[]): boolean =>
      events.filter(({ type }) => type === 'subscribed').length === connection;
    await within(`subscription ${connection}`, observed(subscribed));
    for (let n = 0; n < 4; n += 1) await hub.channel('open:1').publish('said', `${connection}.${n}`);
  }
  expect([await within('the script', ended), output]).toEqual([
    0,
    expect.stringMatching(new RegExp(`^3 ${what}, no hole up to \\w+\\.9$`, 'm')),
  ]);
  await hub.close();
  await close();
});
