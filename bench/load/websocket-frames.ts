const pongOf = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);

/** Bytes that may come in pieces, until there are as many as are needed. */
export class Pieces {
  #held: Buffer[] = [];
  #length = 0;
  #needed = 0;

  /** Joins what came before with what comes now; `null` if that is not enough yet. */
  join(bytes: Buffer, from: number, to: number): Buffer | null {
    if (this.#length === 0) return bytes.subarray(from, to);
    this.#held.push(Buffer.from(bytes.subarray(from, to)));
    this.#length += to - from;
    if (this.#length < this.#needed) return null;
    const all = Buffer.concat(this.#held);
    this.#held = [];
    this.#length = 0;
    return all;
  }

  /** Keeps the rest until as many bytes are there as are needed, if that is known. */
  keep(rest: Buffer, needed = 0): void {
    if (rest.length === 0) return;
    this.#held = [Buffer.from(rest)];
    this.#length = rest.length;
    this.#needed = needed;
  }
}

/** Takes WebSocket frames apart. Text messages are handed on where they lie, and are gone with the next read. */
export abstract class WebSocketFrames {
  readonly #pieces = new Pieces();
  readonly #pong: () => void;

  constructor(write: (bytes: Buffer) => void) {
    this.#pong = () => write(pongOf);
  }

  /** A text message; `compressed` if it is. */
  abstract message(bytes: Buffer, from: number, to: number, compressed: boolean): void;

  take(chunk: Buffer, from: number, to: number): void {
    const bytes = this.#pieces.join(chunk, from, to);
    if (bytes === null) return;
    let at = 0;
    let needed = 0;
    while (bytes.length - at >= 2) {
      const short = (bytes[at + 1] ?? 0) & 127;
      const headLength = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (bytes.length - at < headLength) break;
      const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : bytes.readUInt32BE(at + 6);
      const end = at + headLength + length;
      if (end > bytes.length) {
        needed = end - at;
        break;
      }
      const first = bytes[at] ?? 0;
      const opcode = first & 15;
      if (opcode === 1) this.message(bytes, at + headLength, end, (first & 0x40) !== 0);
      else if (opcode === 9) this.#pong();
      at = end;
    }
    this.#pieces.keep(bytes.subarray(at), needed);
  }
}

/** A client's text message, masked with zeros, which changes nothing, as RFC 6455 allows. */
export function clientMessage(text: string): Buffer {
  const payload = Buffer.from(text);
  const head =
    payload.length < 126
      ? Buffer.from([0x81, 0x80 | payload.length])
      : Buffer.from([0x81, 0x80 | 126, payload.length >> 8, payload.length & 255]);
  return Buffer.concat([head, Buffer.alloc(4), payload]);
}
