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

interface Seen {
  /** The offset of the last publication, or the place after the last gap. */
  readonly at: number;
  readonly gaps: number;
}

/** A reader of the feed, which checks what comes as it comes: offsets step by one, or a gap says where to. */
class Reader {
  readonly socket: Socket;
  readonly #wire: Wire;
  #text = '';
  #at = 0;
  #gaps = 0;
  #hole: Error | null = null;
  #changed = (): void => {};

  constructor(wire: Wire) {
    this.#wire = wire;
    this.socket = connect({ port, host: '127.0.0.1' });
    this.socket.write(wire.request);
    this.socket.on('data', (bytes) => {
      this.#text += bytes.toString('latin1');
      this.#changed();
    });
  }

  async begin(): Promise<void> {
    while (!this.#text.includes('\r\n\r\n')) await this.#change();
    if (this.#wire.after !== '') this.socket.write(clientFrame(this.#wire.after));
  }

  /** Resolves when it has come to an offset. */
  async reaches(offset: number): Promise<Seen> {
    for (;;) {
      this.#check();
      if (this.#hole !== null) throw this.#hole;
      if (this.#at >= offset) return { at: this.#at, gaps: this.#gaps };
      await this.#change();
    }
  }

  #check(): void {
    let end = 0;
    for (const match of this.#text.matchAll(this.#wire.found)) {
      end = match.index + match[0].length;
      const { gap, offset } = match.groups ?? {};
      const place = Number(gap ?? offset);
      const fits = gap === undefined ? place === this.#at + 1 : place > this.#at;
      if (!fits) this.#hole ??= new Error(`a hole: ${match[0]} came after ${this.#at}`);
      this.#at = place;
      if (gap !== undefined) this.#gaps += 1;
    }
    this.#text = this.#text.slice(end);
  }

  async #change(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#changed = resolve;
    });
  }
}

// RT-LIMIT-2
test('readers that stop cost no memory and nobody else anything, and come back to all that is kept, or a gap', async () => {
  const count = 4000;
  const step = 400;
  const fast = Array.from({ length: 97 }, () => new Reader(wires.stream));
  const slow = Object.values(wires).map((wire) => new Reader(wire));
  await Promise.all([...fast, ...slow].map((reader) => reader.begin()));
  for (const { socket } of slow) socket.pause();
  let mostInUse = 0;
  // At a thousand a second, as long as the readers in this busy process keep up with that.
  for (let sent = 0; sent < count; sent += step) {
    server.send({ feed: step });
    const { grownBy } = await told<{ readonly grownBy: number }>('fed');
    mostInUse = Math.max(mostInUse, grownBy);
    // All others have everything, in order, while the slow ones have read nothing.
    for (const reader of fast) expect(await reader.reaches(sent + step)).toEqual({ at: sent + step, gaps: 0 });
  }
  // The log holds 2024 publications of 4 kB at most; a batch may be on its way to each. Queues would hold 48 MB.
  expect(mostInUse).toBeLessThan(32_000_000);
  for (const { socket } of slow) socket.resume();
  for (const reader of slow) {
    const { at, gaps } = await reader.reaches(count);
    expect(at).toBe(count);
    expect(gaps).toBeGreaterThanOrEqual(1);
  }
  for (const { socket } of [...fast, ...slow]) socket.destroy();
}, 120_000);
