/** One frame of a client's WebSocket, without its mask. */
export interface UnmaskedFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Takes a client's frames out of its bytes, however they are split. */
export class MaskedDecoder {
  #held: Buffer = Buffer.alloc(0);

  feed(bytes: Buffer): readonly UnmaskedFrame[] {
    this.#held = Buffer.concat([this.#held, bytes]);
    const frames: UnmaskedFrame[] = [];
    for (let frame = this.#take(); frame !== null; frame = this.#take()) frames.push(frame);
    return frames;
  }

  #take(): UnmaskedFrame | null {
    const held = this.#held;
    const [first = 0, second = 0] = held;
    const short = second & 0x7f;
    const maskAt = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (held.length < maskAt + 4) return null;
    const length = short < 126 ? short : short === 126 ? held.readUInt16BE(2) : Number(held.readBigUInt64BE(2));
    const start = maskAt + 4;
    if (held.length < start + length) return null;
    this.#held = held.subarray(start + length);
    const mask = held.subarray(maskAt, start);
    const payload = held.subarray(start, start + length).map((byte, index) => byte ^ (mask[index & 3] ?? 0));
    return { opcode: first & 0x0f, payload: Buffer.from(payload) };
  }
}

/** A server's frame: not masked. */
export function serverFrame(firstByte: number, payload: Uint8Array): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = firstByte;
  if (length < 126) head[1] = length;
  else if (length < 65_536) {
    head[1] = 126;
    head.writeUInt16BE(length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return Buffer.concat([head, payload]);
}
