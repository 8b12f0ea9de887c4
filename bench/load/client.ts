import type { Socket } from 'node:net';
import { connect } from 'node:net';
import type { WireName } from '../harness/traffic.ts';
import type { Latencies } from './latencies.ts';

/** What all connections of one process write down together. */
export interface Record {
  messages: number;
  bytes: number;
  reads: number;
  lost: number;
  /** Whether the latency of every message counts, or of the first in each frame. */
  every: boolean;
  /** The time of the read that is being looked at. */
  nowUs: number;
  readonly problems: string[];
}

/** Reads what follows the head of the answer. */
export interface Reader {
  /** What is sent after the head, if anything. */
  readonly first: Buffer | null;
  /** Whether the connection has what it has asked for, and is told what is published. */
  readonly ready: boolean;
  take(bytes: Buffer, from: number, to: number): void;
}

export interface ClientOptions {
  readonly index: number;
  readonly wire: WireName;
  readonly channels: readonly number[];
  readonly latencies: Latencies;
  readonly record: Record;
}

// One for all: what is read is looked at before the next read.
const shared = Buffer.allocUnsafeSlow(262_144);

/** What a server has answered that does not want this client. */
export class Refused extends Error {
  /** After which time it may come again, or `null` if it said nothing of that. */
  readonly retryAfterMs: number | null;

  constructor(head: string) {
    super(head.slice(0, 300));
    const seconds = /^retry-after: *(\d+)/im.exec(head)?.[1];
    this.retryAfterMs = seconds === undefined ? null : Number(seconds) * 1000;
  }
}

/** One connection, as cheap as it can be. */
export class Client {
  readonly options: ClientOptions;
  /** How many messages have come since the beginning was told. */
  received = 0;
  reader: Reader | null = null;
  #socket: Socket | null = null;
  #head = '';
  #inHead = true;
  #wanted = true;

  constructor(options: ClientOptions) {
    this.options = options;
  }

  problem(text: string): void {
    const { problems } = this.options.record;
    if (problems.length < 20) problems.push(`connection ${this.options.index}: ${text}`);
  }

  write(bytes: Buffer | string): void {
    this.#socket?.write(bytes);
  }

  /** Counts a message, and its latency. */
  got(dueUs: number): void {
    const { record, latencies } = this.options;
    this.received += 1;
    record.messages += 1;
    latencies.add(record.nowUs - dueUs);
  }

  /** Resolves when the client is told what is published. */
  async open(port: number, request: string, reader: Reader): Promise<void> {
    this.reader = reader;
    this.#head = '';
    this.#inHead = true;
    this.#wanted = true;
    await new Promise<void>((resolve, reject) => {
      const { record } = this.options;
      const socket = connect({
        port,
        host: '127.0.0.1',
        noDelay: true,
        onread: {
          buffer: shared,
          callback: (count) => {
            this.#take(count);
            if (reader.ready) resolve();
            return true;
          },
        },
      });
      this.#socket = socket;
      socket.on('error', reject);
      socket.on('close', () => {
        if (this.#wanted) {
          record.lost += 1;
          this.problem(`lost, after ${this.#head.split('\r\n', 1)[0]}`);
        }
        reject(new Error(`connection ${this.options.index} was closed: ${this.#head.slice(0, 300)}`));
      });
      socket.write(request);
    });
  }

  pause(): void {
    this.#socket?.pause();
  }

  /** From now on it is no loss if the connection ends. */
  letGo(): void {
    this.#wanted = false;
  }

  close(): void {
    this.letGo();
    this.#socket?.destroy();
  }

  #take(count: number): void {
    const { record } = this.options;
    record.reads += 1;
    record.bytes += count;
    record.nowUs = Number(process.hrtime.bigint() / 1000n);
    if (!this.#inHead) return this.reader?.take(shared, 0, count);
    const before = this.#head.length;
    this.#head += shared.toString('latin1', 0, count);
    const end = this.#head.indexOf('\r\n\r\n');
    if (end < 0) return;
    if (!/^HTTP\/1\.1 (?:101|200) /.test(this.#head)) {
      this.letGo();
      this.#socket?.destroy(new Refused(this.#head));
      return;
    }
    this.#inHead = false;
    this.#head = this.#head.slice(0, end);
    const { reader } = this;
    if (reader === null) return;
    if (reader.first !== null) this.write(reader.first);
    if (end + 4 - before < count) reader.take(shared, end + 4 - before, count);
  }
}
