import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createHttp2Server, connect as connectHttp2 } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import type { Head, Session } from '@rt/core';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { chunk, chunkFraming } from '../src/chunk-framing.ts';
import { nodeExchange } from '../src/node-exchange.ts';

const head: Head = { status: 200, headers: { 'content-type': 'text/event-stream' }, keepAlive: false };
const quiet: Session = { receive: () => {}, drained: () => {}, closed: () => {} };

/** How a response is written that a server makes of a request, and all that the peer is sent. */
async function answered(
  request: string,
  middleware: (response: ServerResponse, request: IncomingMessage) => void = () => {},
  meanwhile: () => void = () => {},
): Promise<{ readonly framings: readonly string[]; readonly text: string }> {
  const framings: string[] = [];
  const server = createServer((incoming, response) => {
    middleware(response, incoming);
    const pipe = nodeExchange(incoming, response).stream(head, quiet);
    framings.push(pipe.framing.name);
    for (const said of ['one', 'two']) {
      pipe.write(pipe.framing.frame(`data: ${said} of ${incoming.url}\n\n`));
      meanwhile();
    }
    pipe.end(4000);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (part) => (text += String(part)));
  const ended = new Promise((resolve) => socket.once('close', resolve));
  socket.write(request);
  await ended;
  return { framings, text };
}

const get = (url: string, version = '1.1'): string => `GET ${url} HTTP/${version}\r\nHost: localhost\r\n\r\n`;

describe('what many are sent is written to their sockets', () => {
  // RT-HOST-13
  test('over HTTP/1.1, in chunks, and the response ends as ever', async () => {
    const { framings, text } = await answered(get('/a'));
    expect(framings).toEqual(['node chunk']);
    const body = text.slice(text.indexOf('\r\n\r\n') + 4);
    expect(body).toBe('11\r\ndata: one of /a\n\n\r\n11\r\ndata: two of /a\n\n\r\n0\r\n\r\n');
  });

  // RT-HOST-13
  test('not over HTTP/1.0, which has no chunks', async () => {
    const { framings, text } = await answered(get('/a', '1.0'));
    expect(framings).toEqual(['node utf8']);
    expect(text.endsWith('\r\n\r\ndata: one of /a\n\ndata: two of /a\n\n')).toBe(true);
  });

  // RT-HOST-13
  test('not as long as another response has the socket', async () => {
    const { framings, text } = await answered(`${get('/a')}${get('/b')}`);
    expect(framings[1]).toBe('node utf8');
    expect(text).toContain('data: two of /a');
    expect(text.indexOf('of /b')).toBe(-1);
  });

  // RT-HOST-13
  test('not behind middleware that has replaced `write`', async () => {
    let counted = 0;
    const { framings, text } = await answered(get('/a'), (response) => {
      const { write } = response;
      response.write = function counting(this: ServerResponse, ...args: never): boolean {
        counted += 1;
        return Reflect.apply(write, this, args) as boolean;
      } as typeof write;
    });
    expect(framings).toEqual(['node utf8']);
    expect(counted).toBe(2);
    expect(text).toContain('data: two of /a');
  });

  // RT-HOST-13
  test('not where a length was promised, or something is held back', async () => {
    const long = await answered(get('/a'), (response) => response.setHeader('content-length', 38));
    const corked = await answered(get('/a'), (response) => response.cork());
    expect([...long.framings, ...corked.framings]).toEqual(['node utf8', 'node utf8']);
    expect(corked.text).toContain('data: two of /a');
  });

  // RT-HOST-13
  test('not after somebody else has ended the response', async () => {
    const responses: ServerResponse[] = [];
    const { text } = await answered(
      get('/a'),
      (response) => responses.push(response),
      () => responses[0]?.end(),
    );
    expect(text.slice(text.indexOf('\r\n\r\n') + 4)).toBe('11\r\ndata: one of /a\n\n\r\n0\r\n\r\n');
  });

  // RT-HOST-13
  test('not over HTTP/2, which has no socket of its own', async () => {
    const framings: string[] = [];
    const server = createHttp2Server((incoming, response) => {
      const pipe = nodeExchange(incoming, response).stream(head, quiet);
      framings.push(pipe.framing.name);
      pipe.write(pipe.framing.frame('data: one\n\n'));
      pipe.end(4000);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    onTestFinished(() => {
      client.destroy();
      server.close();
    });
    const stream = client.request({ ':path': '/a' }).setEncoding('utf8');
    let text = '';
    stream.on('data', (part) => (text += String(part)));
    await new Promise((resolve) => stream.once('end', resolve));
    expect([framings, text]).toEqual([['node utf8'], 'data: one\n\n']);
  });
});

describe('a chunk', () => {
  test('has the length of its bytes in front, whatever they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 5000 }), (text) => {
        const bytes = Buffer.from(text);
        const framed = Buffer.from(chunk(bytes));
        const lineEnd = framed.indexOf('\r\n');
        expect(Number.parseInt(framed.toString('latin1', 0, lineEnd), 16)).toBe(bytes.length);
        expect(framed.subarray(lineEnd + 2, -2)).toEqual(bytes);
        expect(framed.subarray(-2).toString()).toBe('\r\n');
        expect(Buffer.from(chunkFraming.frame(text))).toEqual(framed);
      }),
    );
  });
});
