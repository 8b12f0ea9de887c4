import type { Client, Reader } from './client.ts';
import { dueIn, markedLength, markIn } from './payload-mark.ts';
import { clientMessage, WebSocketFrames } from './websocket-frames.ts';

/** WebSocket messages, each of which is one publication. */
export class MessageReader extends WebSocketFrames implements Reader {
  readonly first: Buffer | null = null;
  ready = true;
  readonly client: Client;

  constructor(client: Client) {
    super((bytes) => client.write(bytes));
    this.client = client;
  }

  message(bytes: Buffer, from: number, to: number, compressed: boolean): void {
    const at = compressed ? -1 : markIn(bytes, from, to);
    // Of what is compressed it is only counted.
    this.client.got(at < 0 ? this.client.options.record.nowUs : dueIn(bytes, at));
  }
}

/** The packets of Socket.IO over WebSocket. */
export class SocketIoReader extends MessageReader {
  override ready = false;

  override message(bytes: Buffer, from: number, to: number, compressed: boolean): void {
    const kind = bytes[from];
    const second = bytes[from + 1];
    if (compressed || (kind === 0x34 && second === 0x32)) return super.message(bytes, from, to, compressed);
    if (kind === 0x30) this.client.write(clientMessage('40'));
    else if (kind === 0x32) this.client.write(clientMessage('3'));
    else if (kind === 0x34 && second === 0x30) this.ready = true;
    else this.client.problem(bytes.toString('latin1', from, to));
  }
}

/** Events, each of which is one publication: counted by their marks. */
export class EventReader implements Reader {
  readonly first: Buffer | null = null;
  readonly ready = true;
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  take(bytes: Buffer, from: number, to: number): void {
    for (let at = markIn(bytes, from, to); at >= 0; at = markIn(bytes, at + 1, to)) {
      // Three marks each: one that is cut is counted by its first.
      if (at + markedLength > to) return this.#cut(bytes, at, to);
      if (this.#inside > 0) this.#inside -= 1;
      else {
        this.#client.got(dueIn(bytes, at));
        at += markedLength - 1;
      }
    }
  }

  /** How many marks of a payload that was cut are still to come. */
  #inside = 0;

  #cut(bytes: Buffer, from: number, to: number): void {
    for (let at = from; at >= 0; at = markIn(bytes, at + 1, to)) {
      if (this.#inside > 0) this.#inside -= 1;
      else {
        this.#client.got(this.#client.options.record.nowUs);
        this.#inside = 2;
      }
    }
  }
}
