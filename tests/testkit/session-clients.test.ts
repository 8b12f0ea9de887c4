import type { SessionClient } from '@rt/testkit';
import { openOverLongPoll, openOverSse, openOverWebSocket, within } from '@rt/testkit';
import { afterEach, describe, expect, test } from 'vitest';
import type { Peer } from './scripted-server.ts';
import { scriptedServer, switching } from './scripted-server.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

async function serve(answer: (peer: Peer) => void): Promise<number> {
  const server = await scriptedServer(answer);
  cleanUps.push(() => server.close());
  return server.port;
}

function clientOf(opened: Awaited<ReturnType<typeof openOverSse>>): SessionClient {
  if (opened.type === 'refused') throw new Error(`refused: ${opened.error.code}`);
  cleanUps.push(() => opened.client.cut());
  return opened.client;
}

const answerWith = (status: string, body: string, headers = ''): string =>
  `HTTP/1.1 ${status}\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

const text = (payload: string): Buffer =>
  Buffer.concat([Buffer.from([0x81, 126, payload.length >> 8, payload.length & 255]), Buffer.from(payload)]);

const connect = '{"type":"connect","id":1}';
const connected = '{"type":"connected","id":1,"session":"s1"}';
const error = { code: 'server_busy', message: 'not now', retryable: true, retryInMs: 70 };
const bye = JSON.stringify({ type: 'bye', error, retryInMs: 70 });

describe('session clients', () => {
  test('a refusal with a status is told in one form', async () => {
    const port = await serve(({ socket }) => {
      socket.write(answerWith('503 Service Unavailable', JSON.stringify({ error })));
    });
    for (const open of [openOverWebSocket, openOverSse, openOverLongPoll]) {
      expect(await open({ port })).toEqual({ type: 'refused', error, status: 503, closeCode: null });
    }
  });

  test('and so is a goodbye in the place of connected, with the close code', async () => {
    const port = await serve(({ socket }) => {
      socket.write(Buffer.concat([Buffer.from(switching), text(bye), Buffer.from([0x88, 2, 0x0f, 0xa1])]));
    });
    expect(await openOverWebSocket({ port })).toEqual({ type: 'refused', error, status: null, closeCode: 4001 });
  });

  test('over WebSocket: connect goes first, frames of one text come one by one, and the end has its code', async () => {
    let sent = '';
    const port = await serve((peer) => {
      peer.socket.write(switching);
      void peer.bytes(6 + connect.length).then((bytes) => {
        const mask = bytes.subarray(2, 6);
        sent = Buffer.from(bytes.subarray(6).map((byte, at) => byte ^ (mask[at & 3] ?? 0))).toString();
        const frames = `${connected}\n\n{"type":"pong","id":2}\n{"type":"pong","id":3}\n`;
        peer.socket.write(Buffer.concat([text(frames), text(bye), Buffer.from([0x88, 2, 0x0f, 0xa1])]));
      });
    });
    const client = clientOf(await openOverWebSocket({ port }));
    expect((await client.next('pong', ({ id }) => id === 3)).id).toBe(3);
    expect(await client.ended()).toEqual({ bye: JSON.parse(bye), closeCode: 4001 });
    expect(client.frames.map(({ type }) => type)).toEqual(['connected', 'pong', 'pong', 'bye']);
    expect(sent).toBe(connect);
  });

  test('over SSE: frames come on the stream, and go by POST to the session, one request after the other', async () => {
    const heads: string[] = [];
    const { promise: bothCame, resolve } = Promise.withResolvers<void>();
    let stream: Peer | null = null;
    const port = await serve((peer) => {
      heads.push(peer.head.split('\r\n', 1)[0] ?? '');
      if (heads.length === 3) resolve();
      if (stream !== null) return void peer.socket.write(answerWith('202 Accepted', '{"taken":2}'));
      stream = peer;
      peer.socket.write(`HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n: hi\n\ndata: ${connected}\n`);
      setImmediate(() => peer.socket.write('data: {"type":"pong","id":2}\n\n'));
    });
    const client = clientOf(await openOverSse({ port }));
    await client.next('pong');
    client.send({ type: 'ping', id: 3 });
    client.send({ type: 'ping', id: 4 });
    await within('both requests', bothCame);
    expect(heads).toEqual(['POST /rt HTTP/1.1', 'POST /rt?session=s1 HTTP/1.1', 'POST /rt?session=s1 HTTP/1.1']);
    (stream as Peer | null)?.socket.end();
    expect(await client.ended()).toEqual({ bye: null, closeCode: null });
  });

  test('over long-poll: polls are counted from 1, and end with the goodbye', async () => {
    const polls: string[] = [];
    const answers = ['{"type":"pong","id":2}\n', '', `{"type":"pong","id":3}\n${bye}\n`];
    const port = await serve(({ socket, head }) => {
      const [, path = ''] = head.split(' ', 2);
      if (!path.includes('session=')) return void socket.write(answerWith('200 OK', `${connected}\n`));
      polls.push(new URLSearchParams(path.slice(path.indexOf('?'))).get('poll') ?? '');
      socket.write(answerWith('200 OK', answers[polls.length - 1] ?? ''));
    });
    const client = clientOf(await openOverLongPoll({ port }));
    expect(await client.ended()).toEqual({ bye: JSON.parse(bye), closeCode: null });
    expect(polls).toEqual(['1', '2', '3']);
    expect(client.frames.map(({ type }) => type)).toEqual(['connected', 'pong', 'pong', 'bye']);
  });

  test('over long-poll: one that is paused does not poll until it goes on', async () => {
    let polls = 0;
    const port = await serve(({ socket, head }) => {
      if (!head.includes('session=')) return void socket.write(answerWith('200 OK', `${connected}\n`));
      polls += 1;
      if (polls === 1) paused?.pause();
      socket.write(answerWith('200 OK', polls === 1 ? '{"type":"pong","id":2}\n' : `${bye}\n`));
    });
    let paused: SessionClient | null = null;
    paused = clientOf(await openOverLongPoll({ port }));
    await paused.next('pong');
    for (let n = 0; n < 20; n += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(polls).toBe(1);
    paused.resume();
    await paused.ended();
    expect(polls).toBe(2);
  });

  test('waiting for what cannot come any more fails, and says what came last', async () => {
    const port = await serve(({ socket }) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: ${connected}\n\n`);
      setImmediate(() => socket.destroy());
    });
    const client = clientOf(await openOverSse({ port }));
    await expect(client.next('pong')).rejects.toThrow(/ended before a frame of type pong came: .*"connected"/);
  });
});
