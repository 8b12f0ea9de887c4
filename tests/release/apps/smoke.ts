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
  const leaving = new AbortController();
  const stream = await fetch(`${url}?channel=lobby&after=start`, {
    headers: { accept: 'text/event-stream' },
    signal: leaving.signal,
  });

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
  leaving.abort();
  await close();
  console.log(`smoke: ${heard.join(', ')}`);
}

async function readUntil({ body }: Response, wanted: string): Promise<void> {
  if (body === null) throw new Error('a stream without a body');
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes(wanted)) return;
  }
  throw new Error(`the stream ended with ${JSON.stringify(text)}`);
}
