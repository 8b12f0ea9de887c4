import { constants, inflateRawSync } from 'node:zlib';

/** One frame of a WebSocket, as it came. @see https://www.rfc-editor.org/rfc/rfc6455#section-5.2 */
export interface WebSocketFrame {
  readonly final: boolean;
  /** Set by permessage-deflate on the first frame of a message. */
  readonly compressed: boolean;
  readonly opcode: number;
  readonly payload: Buffer;
}

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A client's frame: masked, with a mask that changes the bytes. */
export function clientFrame(firstByte: number, payload: Uint8Array): Buffer {
  const { length } = payload;
  const head =
    length < 126
      ? Buffer.from([firstByte, 0x80 | length])
      : length < 65_536
        ? Buffer.from([firstByte, 0x80 | 126, length >> 8, length & 255])
        : Buffer.from([
            firstByte,
            0x80 | 127,
            0,
            0,
            0,
            0,
            length >>> 24,
            (length >> 16) & 255,
            (length >> 8) & 255,
            length & 255,
          ]);
  const mask = Buffer.from([1, 2, 3, 4]);
  return Buffer.concat([head, mask, Buffer.from(payload.map((byte, index) => byte ^ (mask[index & 3] ?? 0)))]);
}

/** Takes a server's frames out of its bytes, however they are split. */
export class WebSocketDecoder {
  #held: Buffer = Buffer.alloc(0);

  feed(bytes: Buffer): readonly WebSocketFrame[] {
    this.#held = Buffer.concat([this.#held, bytes]);
    const frames: WebSocketFrame[] = [];
    for (let frame = this.#take(); frame !== null; frame = this.#take()) frames.push(frame);
    return frames;
  }

  #take(): WebSocketFrame | null {
    const held = this.#held;
    if (held.length < 2) return null;
    const [first = 0, second = 0] = held;
    if ((second & 0x80) !== 0) throw new Error('a server must not mask');
    const short = second & 0x7f;
    const headLength = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (held.length < headLength) return null;
    const length = short < 126 ? short : short === 126 ? held.readUInt16BE(2) : Number(held.readBigUInt64BE(2));
    if (held.length < headLength + length) return null;
    this.#held = held.subarray(headLength + length);
    return {
      final: (first & 0x80) !== 0,
      compressed: (first & 0x40) !== 0,
      opcode: first & 0x0f,
      payload: held.subarray(headLength, headLength + length),
    };
  }
}

/** A compressed message without a context of earlier ones. */
export function inflateMessage(payload: Buffer): Buffer {
  const whole = Buffer.concat([payload, Buffer.from([0, 0, 255, 255])]);
  return inflateRawSync(whole, { finishFlush: constants.Z_SYNC_FLUSH });
}
