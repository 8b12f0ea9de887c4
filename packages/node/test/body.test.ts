import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RtError } from '@rt/core';
import { nodeExchange } from '@rt/node';
import { describe, expect, test } from 'vitest';

type Read = (request: IncomingMessage, response: ServerResponse) => Promise<string>;

/** Sends a body and answers what reading it on the server came to. */
async function outcome(body: string, read: Read, headers: Record<string, string> = {}): Promise<string> {
  const server = createServer((incoming, response) => {
    read(incoming, response).then(
      (text) => response.end(text),
      (error: unknown) => response.end(error instanceof RtError ? error.code : String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await new Promise<string>((resolve, reject) => {
      const outgoing = request(
        { port: (server.address() as AddressInfo).port, method: 'POST', headers },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.on('end', () => resolve(text));
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const text = '{"a":"é😀"}';
const limit = 1000;

describe('a request body', () => {
  test('that nobody has read is read', async () => {
    expect(await outcome(text, (incoming, response) => nodeExchange(incoming, response).readText(limit))).toBe(text);
  });

  test('that no parser fitted (an empty object in Express 4) is read', async () => {
    expect(
      await outcome(text, (incoming, response) => nodeExchange(incoming, response, { body: {} }).readText(limit)),
    ).toBe(text);
  });

  test.each([
    ['text', (bytes: Buffer): unknown => bytes.toString('utf8')],
    ['bytes', (bytes: Buffer): unknown => bytes],
    ['a plain Uint8Array', (bytes: Buffer): unknown => new Uint8Array(bytes)],
    ['an object', (bytes: Buffer): unknown => JSON.parse(bytes.toString('utf8')) as unknown],
  ])('that a parser has left as %s is taken from there', async (_, parse) => {
    const read: Read = async (incoming, response) => {
      const body = parse(await readAll(incoming));
      return nodeExchange(incoming, response, { body }).readText(limit);
    };
    expect(await outcome(text, read)).toBe(text);
  });

  test('an empty array that a parser has read is not mistaken for none', async () => {
    const read: Read = async (incoming, response) => {
      const body = JSON.parse((await readAll(incoming)).toString('utf8')) as unknown;
      return nodeExchange(incoming, response, { body }).readText(limit);
    };
    expect(await outcome('[]', read)).toBe('[]');
  });

  test('that is empty is empty', async () => {
    expect(await outcome('', (incoming, response) => nodeExchange(incoming, response).readText(limit))).toBe('');
    const read: Read = async (incoming, response) => {
      await readAll(incoming);
      return nodeExchange(incoming, response).readText(limit);
    };
    expect(await outcome('', read)).toBe('');
  });

  test('that something has swallowed is said to be gone', async () => {
    const read: Read = async (incoming, response) => {
      await readAll(incoming);
      return nodeExchange(incoming, response).readText(limit);
    };
    expect(await outcome(text, read)).toBe('body_consumed');
  });

  test.each([
    ['announced', {}],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ] as const)('that is too large, %s, is refused', async (_, headers) => {
    const read: Read = (incoming, response) => nodeExchange(incoming, response).readText(10);
    expect(await outcome('x'.repeat(11), read, headers)).toBe('body_too_large');
    expect(await outcome('x'.repeat(10), read, headers)).toBe('x'.repeat(10));
  });

  test('that a parser let through is measured again', async () => {
    const read: Read = async (incoming, response) => {
      const body = (await readAll(incoming)).toString('utf8');
      return nodeExchange(incoming, response, { body }).readText(10);
    };
    expect(await outcome('é'.repeat(6), read, { 'transfer-encoding': 'chunked' })).toBe('body_too_large');
  });

  test('that is cut off is said to be incomplete', async () => {
    const read = Promise.withResolvers<unknown>();
    const server = createServer((incoming, response) => {
      read.resolve(nodeExchange(incoming, response).readText(limit));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const outgoing = request({
      port: (server.address() as AddressInfo).port,
      method: 'POST',
      headers: { 'content-length': '100' },
    });
    outgoing.on('error', () => {});
    outgoing.write('half', () => outgoing.destroy());
    await expect(read.promise).rejects.toMatchObject({ code: 'body_incomplete' });
    await new Promise((resolve) => server.close(resolve));
  });
});
