import { describe, expect, test } from 'vitest';
import type { Arrival } from './arrival.ts';
import type { Ground } from './ground.ts';
import { connected, frames, hello, nowhere } from './ground.ts';

/** What only a WebSocket has: its handshake, and the codes of its end. */
export function webSocketCases({ start, attempt, open, turn }: Ground): void {
  describe('a WebSocket', () => {
    test('offers our subprotocol, and says the hello first', async () => {
      const { run, first } = await attempt('websocket');
      expect(first.headers.get('sec-websocket-protocol')).toBe('rt.v1');
      first.accept();
      expect((await first.frame(1)).toString()).toBe(hello);
      await run.send(...frames(2));
      expect((await first.frame(1)).toString()).toBe(frames(1).join(''));
      expect((await first.frame(1)).toString()).toBe(frames(1, 2).join(''));
      await run.last(frames(1, 3).join(''));
      expect((await first.frame(1)).toString()).toBe(frames(1, 3).join(''));
    });

    // RT-CLIENT-7
    test.each([
      ['403 with our body', (first: Arrival) => first.answer('403 Forbidden', {}, '{"error":{}}')],
      ['404', (first: Arrival) => first.answer('404 Not Found', {}, '')],
      ['200, as a proxy that knows none says', (first: Arrival) => first.answer('200 OK', {}, 'hello')],
      ['a cut in its head', (first: Arrival) => void first.bytes('HTTP/1.1 10').then(() => first.cut())],
      ['a cut before its head', (first: Arrival) => first.cut()],
      [
        'a cut before the first message',
        (first: Arrival) => {
          first.accept();
          void first.frame(1).then(() => first.cut());
        },
      ],
      [
        'an end before the first message',
        (first: Arrival) => {
          first.accept();
          void first.frame(1).then(() => first.socket.end());
        },
      ],
    ])('whose handshake is answered with %s does not work here', async (_, says) => {
      const { run, first } = await attempt('websocket');
      says(first);
      expect(await run.ended()).toEqual({ type: 'ended', end: 'unfit' });
    });

    test('does not work where nobody listens, nor where there is none', async () => {
      const unheard = await start('websocket', { url: await nowhere() });
      const none = await start('websocket', { webSocket: 'none' });
      const throwing = await start('websocket', { webSocket: 'throws' });
      for (const { run } of [unheard, none, throwing]) {
        expect(await run.ended()).toEqual({ type: 'ended', end: 'unfit' });
      }
    });

    test('where there is none may be closed before it is said', async () => {
      const { run } = await start('websocket', { webSocket: 'none', closes: 'opened' });
      expect(await run.ended()).toEqual({ type: 'ended', end: 'lost' });
      await run.send(...frames(1));
      await run.last(frames(1).join(''));
      await run.named('s1');
      await run.close();
    });

    test.each([
      [4000, true],
      [4106, true],
      [4199, true],
      [4200, false],
      [4234, false],
    ])('that is closed with %d is refused', async (number, retryable) => {
      const { run, first } = await open('websocket');
      await first.closeFrame(number);
      const refused = { type: 'ended', end: 'refused', code: 'disconnected', retryable, retryInMs: null };
      expect(await run.ended()).toEqual(refused);
    });

    test('that is closed with a code of ours before its first message is refused as well', async () => {
      const { run, first } = await attempt('websocket');
      first.accept();
      await first.closeFrame(4234);
      expect(await run.ended()).toMatchObject({ end: 'refused', retryable: false });
    });

    test.each([1000, 1001, 1011, 1012, 3000, 4400])('that is closed with %d is lost', async (number) => {
      const { run, first } = await open('websocket');
      await first.closeFrame(number);
      expect(await run.ended()).toEqual({ type: 'ended', end: 'lost' });
    });

    test('that breaks the rules of WebSockets is lost', async () => {
      const { run, first } = await open('websocket');
      // A reserved opcode.
      await first.bytes(Buffer.from([0x83, 0]));
      expect(await run.ended()).toEqual({ type: 'ended', end: 'lost' });
    });

    test.each([
      [true, 1000],
      [false, 4000],
    ])('that is closed here, in order: %s, says %d', async (inOrder, number) => {
      const { run, first } = await open('websocket');
      await run.send(...frames(1));
      await run.close(inOrder);
      expect((await first.frame(8)).readUInt16BE(0)).toBe(number);
      expect(await run.ended()).toEqual({ type: 'ended', end: 'lost' });
    });

    test('that is closed here while the server still talks tells no more of it', async () => {
      const { run, first } = await open('websocket');
      await run.close();
      await first.frame(8);
      first.message(connected);
      first.socket.end();
      await turn();
      expect(run.lines).toHaveLength(1);
    });
  });
}
