import type { IncomingMessage } from 'node:http';
import { get } from 'node:http';
import { createClient } from '@rt/client';
import type { channels } from './channels.ts';

/** An app that listens. */
export interface Running {
  /** Where its hub is. */
  readonly url: string;
  /** Publishes in the app itself. */
  readonly say: (text: string) => Promise<unknown>;
  readonly close: () => Promise<unknown>;
}

/** A stream and a session are told what the app and the session publish; then all of it ends, and the process with it. */
export async function smoke({ url, say, close }: Running): Promise<void> {
  const stream = await open(`${url}?channel=lobby&after=start`);
  const client = createClient<typeof channels>(url);
  const lobby = client.channel('lobby', { from: 'start' });
  const heard: string[] = [];
  const both = new Promise<void>((resolve) => {
    lobby.on('message', ({ text }) => {
      heard.push(text);
      if (heard.length === 2) resolve();
    });
  });

  await say('from the app');
  await lobby.publish('message', { text: 'from the session' });
  await both;
  await readUntil(stream, 'from the session');
  const { status } = client;
  if (status.state !== 'open' || status.transport !== 'websocket') throw new Error(`over ${JSON.stringify(status)}`);

  client.close();
  stream.destroy();
  await close();
  console.log(`smoke: ${heard.join(', ')}`);
}

/** Not by `fetch`: that of Node 22 opens another connection after one that was aborted, and Fastify waits for it. */
function open(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false, headers: { accept: 'text/event-stream' } }, resolve).on('error', reject);
  });
}

async function readUntil(stream: IncomingMessage, wanted: string): Promise<void> {
  stream.setEncoding('utf8');
  let text = '';
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (text.includes(wanted)) return;
  }
  throw new Error(`the stream ended with ${JSON.stringify(text)}`);
}
