import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

let server: ChildProcess;
let port: number;

beforeAll(async () => {
  server = fork(fileURLToPath(new URL('feed-server.ts', import.meta.url)), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  ({ port } = await told<{ readonly port: number }>('port'));
});

afterAll(async () => {
  server.send('close');
  await once(server, 'exit');
});

async function told<Message>(type: string): Promise<Message> {
  for (;;) {
    const [message] = (await once(server, 'message')) as [{ readonly type: string }];
    if (message.type === type) return message as Message;
  }
}

const connectFrame = '{"type":"connect","id":1,"subscriptions":[{"channel":"feed","after":"start"}]}';

/** The same feed as three wires carry it: what is sent to get it, and how offsets and gaps look in the bytes. */
const wires = {
  stream: {
    request: 'GET /rt?channel=feed&after=start HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n',
    after: '',
    found: /^event: rt\.gap\ndata: .*?"position":"\w+\.(?<gap>\d+)"|^id: \w+\.(?<offset>\d+)\nevent: said$/gm,
  },
  sse: {
    request: `POST /rt HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nContent-Length: ${connectFrame.length}\r\n\r\n${connectFrame}`,
    after: '',
    found: /"type":"gap".*?"position":"\w+\.(?<gap>\d+)"|"offset":(?<offset>\d+),/g,
  },
  websocket: {
    request:
      'GET /rt HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    after: connectFrame,
    found: /"type":"gap".*?"position":"\w+\.(?<gap>\d+)"|"offset":(?<offset>\d+),/g,
  },
} as const;

type Wire = (typeof wires)[keyof typeof wires];

/** A masked text frame of less than 126 bytes, with a mask of zeros. */
function clientFrame(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 + text.length, 0, 0, 0, 0]), Buffer.from(text)]);
}

/** A reader that keeps what it has read, and its socket, which it may stop reading from. */
class Reader {
  readonly socket: Socket;
  readonly #wire: Wire;
  #chunks: Buffer[] = [];
  #changed = (): void => {};

  constructor(wire: Wire) {
    this.#wire = wire;
    this.socket = connect({ port, host: '127.0.0.1' });
    this.socket.write(wire.request);
    this.socket.on('data', (bytes) => {
      this.#chunks.push(bytes);
      this.#changed();
    });
  }

  /** Resolves when it has read at least that many bytes since the last time they were taken. */
  async bytes(least: number): Promise<void> {
    while (this.#chunks.reduce((sum, { length }) => sum + length, 0) < least) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  async begin(): Promise<void> {
    await this.bytes(80);
    if (this.#wire.after !== '') this.socket.write(clientFrame(this.#wire.after));
  }

  /** Goes through what came: offsets step by one, or a gap says where to. Returns the last place, and the gaps. */
  check(): { readonly at: number; readonly gaps: number } {
    // Chunk heads and frame heads are between the publications; they match nothing.
    const text = Buffer.concat(this.#chunks)
      .toString('latin1')
      .replaceAll(/\r\n[0-9a-f]+\r\n/g, '');
    let at = 0;
    let gaps = 0;
    for (const { groups } of text.matchAll(this.#wire.found)) {
      if (groups?.['gap'] !== undefined) {
        expect(Number(groups['gap'])).toBeGreaterThan(at);
        at = Number(groups['gap']);
        gaps += 1;
      } else {
        if (Number(groups?.['offset']) !== at + 1) throw new Error(`a hole: ${groups?.['offset']} came after ${at}`);
        at += 1;
      }
    }
    return { at, gaps };
  }

  async reaches(offset: number): Promise<{ readonly at: number; readonly gaps: number }> {
    for (;;) {
      const before = this.#chunks.length;
      const checked = this.check();
      if (checked.at >= offset) return checked;
      if (this.#chunks.length === before) {
        await new Promise<void>((resolve) => {
          this.#changed = resolve;
        });
      }
    }
  }
}

test('readers that stop cost no memory and nobody else anything, and come back to all that is kept, or a gap', async () => {
  const count = 4000;
  const fast = Array.from({ length: 97 }, () => new Reader(wires.stream));
  const slow = Object.values(wires).map((wire) => new Reader(wire));
  await Promise.all([...fast, ...slow].map((reader) => reader.begin()));
  for (const { socket } of slow) socket.pause();
  server.send({ feed: count });
  const { grownBy } = await told<{ readonly grownBy: number }>('fed');
  // All others have everything, in order, while the slow ones have read nothing.
  for (const reader of fast) expect(await reader.reaches(count)).toEqual({ at: count, gaps: 0 });
  // The log holds 2024 publications of 4 kB at most; a batch may be on its way to each. Queues would hold 48 MB.
  expect(grownBy).toBeLessThan(32_000_000);
  for (const { socket } of slow) socket.resume();
  for (const reader of slow) {
    const { at, gaps } = await reader.reaches(count);
    expect(at).toBe(count);
    expect(gaps).toBeGreaterThanOrEqual(1);
  }
  for (const { socket } of [...fast, ...slow]) socket.destroy();
}, 120_000);
