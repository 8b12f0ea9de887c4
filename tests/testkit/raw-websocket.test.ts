import { deflateRawSync, constants } from 'node:zlib';
import type { RawWebSocket, WebSocketEnd } from '@rt/testkit';
import { rawWebSocket, within } from '@rt/testkit';
import { afterEach, describe, expect, test } from 'vitest';
import type { Peer } from './scripted-server.ts';
import { scriptedServer, switching } from './scripted-server.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

interface Met {
  readonly webSocket: RawWebSocket;
  readonly peer: Peer;
  readonly texts: readonly string[];
  readonly ended: Promise<WebSocketEnd>;
  said(count: number): Promise<void>;
}

/** Opens a WebSocket to a server that says `first` with its handshake. */
async function meet(
  first: Uint8Array = Buffer.alloc(0),
  options: Partial<Parameters<typeof rawWebSocket>[0]> = {},
): Promise<Met> {
  const { promise, resolve } = Promise.withResolvers<Peer>();
  const server = await scriptedServer((peer) => {
    peer.socket.write(Buffer.concat([Buffer.from(switching), first]));
    resolve(peer);
  });
  cleanUps.push(() => server.close());
  const handshake = await rawWebSocket({ port: server.port, path: '/rt', ...options });
  if (handshake.type === 'refused') throw new Error('refused');
  const { webSocket } = handshake;
  cleanUps.push(() => webSocket.socket.destroy());
  const texts: string[] = [];
  let changed = (): void => {};
  const ended = new Promise<WebSocketEnd>((end) => {
    webSocket.listen({
      message(text) {
        texts.push(text);
        changed();
      },
      end,
    });
  });
  return {
    webSocket,
    peer: await promise,
    texts,
    ended: within('the end', ended),
    async said(count) {
      while (texts.length < count) {
        const change = new Promise<void>((wake) => {
          changed = wake;
        });
        await within(`message ${count}`, change);
      }
    },
  };
}

/** A frame as a server sends it: not masked. */
function serverFrame(firstByte: number, payload: Uint8Array): Buffer {
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.from([firstByte, length]), payload]);
  const head = Buffer.alloc(length < 65_536 ? 4 : 10);
  head[0] = firstByte;
  head[1] = length < 65_536 ? 126 : 127;
  if (length < 65_536) head.writeUInt16BE(length, 2);
  else head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}

const text = (payload: string): Buffer => serverFrame(0x81, Buffer.from(payload));

/** Takes one frame of the client apart, and removes its mask. */
function unmasked(bytes: Buffer): { readonly firstByte: number; readonly payload: Buffer } {
  const [firstByte = 0, second = 0] = bytes;
  expect(second & 0x80).toBe(0x80);
  const short = second & 0x7f;
  const at = short < 126 ? 2 : short === 126 ? 4 : 10;
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const mask = bytes.subarray(at, at + 4);
  const payload = bytes.subarray(at + 4, at + 4 + length).map((byte, index) => byte ^ (mask[index & 3] ?? 0));
  return { firstByte, payload: Buffer.from(payload) };
}

describe('the raw WebSocket', () => {
  test('shakes hands with what it is told to offer', async () => {
    const { peer } = await meet(undefined, {
      path: '/here?a=1',
      protocols: ['rt.v1', 'other'],
      compress: true,
      headers: { origin: 'https://a.example' },
    });
    const lines = peer.head.split('\r\n');
    expect(lines[0]).toBe('GET /here?a=1 HTTP/1.1');
    expect(lines).toContain('Sec-WebSocket-Protocol: rt.v1, other');
    expect(lines).toContain('Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover');
    expect(lines).toContain('origin: https://a.example');
  });

  test('offers no subprotocol and no compression unless it is told to', async () => {
    const { peer } = await meet(undefined, { protocols: [] });
    expect(peer.head).not.toMatch(/protocol|extensions/i);
  });

  test.each([0, 1, 125, 126, 65_535, 65_536, 200_000])('sends and reads %i bytes', async (length) => {
    const payload = 'x'.repeat(length);
    const { webSocket, peer, said, texts } = await meet(text(payload));
    await said(1);
    expect(texts).toEqual([payload]);
    webSocket.send(payload);
    const head = length < 126 ? 6 : length < 65_536 ? 8 : 14;
    const sent = await peer.bytes(head + length);
    expect(sent.length).toBe(head + length);
    const { firstByte, payload: received } = unmasked(sent);
    expect(firstByte).toBe(0x81);
    expect(received.equals(Buffer.from(payload))).toBe(true);
  });

  test('the mask changes the bytes', async () => {
    const { webSocket, peer } = await meet();
    webSocket.send('hello');
    expect((await peer.bytes(11)).includes('hello')).toBe(false);
  });

  test('joins what comes byte by byte, also from within a letter', async () => {
    const { peer, said, texts } = await meet();
    peer.socket.setNoDelay(true);
    for (const byte of text('grün €')) {
      peer.socket.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await said(1);
    expect(texts).toEqual(['grün €']);
  });

  test('takes several messages out of one write', async () => {
    const { said, texts } = await meet(Buffer.concat([text('a'), text('b'), text('c')]));
    await said(3);
    expect(texts).toEqual(['a', 'b', 'c']);
  });

  test('joins fragments, with a ping between them', async () => {
    const { webSocket, peer, said, texts } = await meet(
      Buffer.concat([
        serverFrame(0x01, Buffer.from('one ')),
        serverFrame(0x89, Buffer.from('there?')),
        serverFrame(0x00, Buffer.from('two ')),
        serverFrame(0x80, Buffer.from('three')),
      ]),
    );
    await said(1);
    expect(texts).toEqual(['one two three']);
    const { firstByte, payload } = unmasked(await peer.bytes(12));
    expect([firstByte, payload.toString()]).toEqual([0x8a, 'there?']);
    expect(webSocket.pings).toBe(1);
  });

  test('answers no ping if it is told not to', async () => {
    const { webSocket, peer, said } = await meet(Buffer.concat([serverFrame(0x89, Buffer.alloc(0)), text('after')]), {
      answerPings: false,
    });
    await said(1);
    webSocket.send('x');
    const sent = await peer.bytes(7);
    expect(unmasked(sent).payload.toString()).toBe('x');
    expect([sent.length, webSocket.pings]).toEqual([7, 1]);
  });

  test('inflates messages that are marked, each without the ones before it, also in fragments', async () => {
    const deflated = (payload: string): Buffer =>
      deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
    const long = 'again and '.repeat(1000);
    const bytes = deflated(long);
    const { said, texts } = await meet(
      Buffer.concat([
        serverFrame(0xc1, deflated(long)),
        text('plain'),
        serverFrame(0x41, bytes.subarray(0, 5)),
        serverFrame(0x80, bytes.subarray(5)),
      ]),
    );
    await said(3);
    expect(texts).toEqual([long, 'plain', long]);
  });

  test('tells the code and the reason of a close, and answers it', async () => {
    const { ended, peer } = await meet(
      serverFrame(0x88, Buffer.concat([Buffer.from([0x0f, 0xa4]), Buffer.from('so')])),
    );
    expect(await ended).toEqual({ code: 4004, reason: 'so' });
    const { firstByte, payload } = unmasked(await peer.bytes(8));
    expect([firstByte, payload.readUInt16BE(0)]).toEqual([0x88, 4004]);
  });

  test('tells an end without a word, and one without a code', async () => {
    const cut = await meet();
    cut.peer.socket.destroy();
    expect(await cut.ended).toEqual({ code: null, reason: '' });
    const wordless = await meet(serverFrame(0x88, Buffer.alloc(0)));
    expect(await wordless.ended).toEqual({ code: null, reason: '' });
  });

  test('sends any first byte', async () => {
    const { webSocket, peer } = await meet();
    webSocket.frame(0x02, Buffer.from([7]));
    expect(unmasked(await peer.bytes(7))).toEqual({ firstByte: 0x02, payload: Buffer.from([7]) });
  });

  test('a refusal is its head with its whole body, however it is cut', async () => {
    const server = await scriptedServer(({ socket }) => {
      socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\nno ');
      setImmediate(() => socket.write('way'));
    });
    cleanUps.push(() => server.close());
    const handshake = await rawWebSocket({ port: server.port, path: '/' });
    expect(handshake.type === 'refused' && [handshake.head.status, handshake.body]).toEqual([403, 'no way']);
  });

  test('fails if the server says nothing', async () => {
    const server = await scriptedServer(({ socket }) => socket.destroy());
    cleanUps.push(() => server.close());
    await expect(rawWebSocket({ port: server.port, path: '/' })).rejects.toThrow('closed before an answer came');
  });
});
