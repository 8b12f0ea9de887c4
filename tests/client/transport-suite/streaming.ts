import { describe, expect, test } from 'vitest';
import type { Ground, Open } from './ground.ts';
import { connected, eventOf, frames, hello, manyBytes } from './ground.ts';
import { serverFrame } from './masked-frames.ts';

const transports = ['websocket', 'sse', 'long-poll'] as const;

/** Says a message, whole, over any of them. */
async function saidAll(open: Open, lines: string, times: number): Promise<void> {
  for (let said = 0; said < times; said += 1) await open.say(lines);
}

/** What comes is told, however it is cut on the way. */
export function streamingCases({ start, attempt, open, turn }: Ground): void {
  describe.each(transports)('what comes over %s', (transport) => {
    test('is told in its order, and whole', async () => {
      const opened = await open(transport);
      const { run } = opened;
      await opened.say(frames(1).join(''));
      await opened.say(frames(3, 2).join(''));
      await saidAll(opened, manyBytes, 2);
      const told = await run.untilLines(7);
      expect(told.map((line) => `${line}\n`)).toEqual([connected, ...frames(4), manyBytes, manyBytes]);
      expect(run.count('alive')).toBeGreaterThan(1);
    });

    test('may be a megabyte', async () => {
      const opened = await open(transport);
      const line = `${JSON.stringify({ type: 'x', data: '€'.repeat(350_000) })}\n`;
      await opened.say(line);
      const [, told = ''] = await opened.run.untilLines(2);
      expect(told === line.trimEnd()).toBe(true);
    });

    test('is not told after a close, which is an end of its own', async () => {
      const opened = await open(transport);
      await opened.run.close();
      expect(await opened.run.ended()).toEqual({ type: 'ended', end: 'lost' });
      await opened.run.send(...frames(2));
      await opened.run.named('s2');
      await opened.run.close(false);
      if (transport !== 'long-poll') await opened.say(manyBytes);
      await turn();
      expect(opened.run.lines).toHaveLength(1);
    });

    test('is not told either when it was closed before anything was answered', async () => {
      const { run, first } = await attempt(transport);
      await run.close(false);
      expect(await run.ended()).toEqual({ type: 'ended', end: 'lost' });
      first.answerLines(connected);
      await turn();
      expect(run.lines).toEqual([]);
    });

    test('is not told if it was closed in the turn in which it was opened', async () => {
      const { run } = await start(transport, { closes: 'opened' });
      expect(await run.ended()).toEqual({ type: 'ended', end: 'lost' });
      await turn();
      expect(run.lines).toEqual([]);
    });

    test('is over for whoever closes it when told: of one answer the rest is not told', async () => {
      const { run, first } = await attempt(transport, { closes: 'told' });
      if (transport === 'websocket') {
        first.accept();
        first.message(connected);
        first.message(connected);
      } else if (transport === 'sse') first.stream(eventOf(connected) + eventOf(connected));
      else first.answerLines(connected);
      expect(await run.ended()).toEqual({ type: 'ended', end: 'lost' });
      await turn();
      expect(run.lines).toHaveLength(1);
    });

    test('is lost if it is cut later', async () => {
      const { run, cut } = await open(transport);
      cut();
      expect(await run.ended()).toEqual({ type: 'ended', end: 'lost' });
    });
  });

  test('an event stream may be cut within each of its characters and line breaks', async () => {
    const { run, first } = await attempt('sse');
    first.stream('');
    const event = Buffer.from(`: comment\r\nid: 1\r\nretry: 5\r\ndata: ${manyBytes.trimEnd()}\r\n\r\n`);
    for (let at = 1; at < event.length; at += 1) {
      for (const part of [event.subarray(0, at), event.subarray(at)]) {
        const before = run.count('alive');
        first.chunk(part);
        // Else two parts may come as one.
        await run.until('the part', () => run.count('alive') > before);
      }
    }
    expect(run.lines).toEqual(Array.from({ length: event.length - 1 }, () => manyBytes.trimEnd()));
  });

  test('an event stream may come byte by byte, its chunks and their sizes too', async () => {
    const { run, first } = await attempt('sse');
    first.head('200 OK', { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' });
    const event = Buffer.from(eventOf(`${frames(1).join('')}${manyBytes}`));
    const chunk = Buffer.concat([Buffer.from(`${event.length.toString(16)}\r\n`), event, Buffer.from('\r\n')]);
    await first.byteByByte(chunk);
    await first.byteByByte(chunk);
    expect(await run.untilLines(4)).toEqual([0, 1].flatMap(() => [frames(1).join(''), manyBytes].map(trimmed)));
  });

  test('comments show that the other side lives, and are no frames', async () => {
    const { run, first } = await attempt('sse');
    first.stream(': a\n\n');
    await run.until('a comment', () => run.count('alive') === 1);
    first.chunk(':\n\n');
    await run.until('another one', () => run.count('alive') === 2);
    expect(run.count('lines')).toBe(0);
  });

  test('the answer of a poll may come byte by byte', async () => {
    const { run, place, first } = await open('long-poll');
    expect(first.body).toBe(hello);
    const poll = await place.poll();
    const head = `HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/plain\r\ncontent-length: ${Buffer.byteLength(manyBytes)}\r\n\r\n`;
    await poll.byteByByte(Buffer.from(`${head}${manyBytes}`));
    expect(await run.untilLines(2)).toEqual([connected, manyBytes].map(trimmed));
  });

  test('a message of a WebSocket may be cut within its head, and into fragments at each of its bytes', async () => {
    const { run, first } = await open('websocket');
    const payload = Buffer.from(manyBytes);
    await first.byteByByte(serverFrame(0x81, payload));
    for (let at = 0; at <= payload.length; at += 1) {
      await first.bytes(serverFrame(0x01, payload.subarray(0, at)));
      // A ping may come between fragments.
      await first.bytes(serverFrame(0x89, Buffer.from('?')));
      await first.bytes(serverFrame(0x80, payload.subarray(at)));
    }
    const long = Buffer.from(`${JSON.stringify({ type: 'x', data: 'ß'.repeat(200) })}\n`);
    await first.byteByByte(serverFrame(0x81, long));
    const told = await run.untilLines(payload.length + 4);
    expect(new Set(told.slice(1, -1))).toEqual(new Set([trimmed(manyBytes)]));
    expect(told.at(-1)).toBe(trimmed(long.toString()));
  });

  test('a binary message is no frame', async () => {
    const { run, first } = await open('websocket');
    const before = run.count('alive');
    await first.bytes(serverFrame(0x82, Buffer.from(manyBytes)));
    await run.until('the message', () => run.count('alive') > before);
    first.message(frames(1).join(''));
    expect(await run.untilLines(2)).toEqual([connected, ...frames(1)].map(trimmed));
  });
}

function trimmed(line: string): string {
  return line.trimEnd();
}
