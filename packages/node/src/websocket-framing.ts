import { constants, deflateRawSync } from 'node:zlib';
import type { Framing } from '@rt/core';

const finalText = 0x81;
const finalPing = 0x89;
const compressed = 0x40;

/** The head of a server's frame, and room for its payload. @see https://www.rfc-editor.org/rfc/rfc6455#section-5.2 */
function frameOf(firstByte: number, length: number): Buffer {
  const headLength = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const bytes = Buffer.allocUnsafe(headLength + length);
  bytes[0] = firstByte;
  if (length < 126) bytes[1] = length;
  else if (length < 65_536) {
    bytes[1] = 126;
    bytes.writeUInt16BE(length, 2);
  } else {
    bytes[1] = 127;
    bytes.writeBigUInt64BE(BigInt(length), 2);
  }
  return bytes;
}

function frame(firstByte: number, payload: Uint8Array): Buffer {
  const bytes = frameOf(firstByte, payload.length);
  bytes.set(payload, bytes.length - payload.length);
  return bytes;
}

function text(payload: string): Buffer {
  const length = Buffer.byteLength(payload);
  const bytes = frameOf(finalText, length);
  bytes.write(payload, bytes.length - length);
  return bytes;
}

const ping = frame(finalPing, new Uint8Array(0));

/** What keeps both ends sure of each other: a ping, which every peer answers by itself, and a text that pages can see. */
function heartbeat(payload: string): Buffer {
  return Buffer.concat([ping, text(payload)]);
}

/** Text messages as they are. */
export const plainFraming: Framing = { name: 'websocket', frame: text, heartbeat };

const deflating = { finishFlush: constants.Z_SYNC_FLUSH, level: 3 };

/** No window is of use that is larger than what is compressed: getting memory is most of the price of a short message. */
function memoryFor(length: number): { windowBits: number; memLevel: number } {
  const windowBits = Math.min(15, Math.max(9, 32 - Math.clz32(length - 1)));
  return { windowBits, memLevel: windowBits - 7 };
}

/** Shorter messages are not worth it. */
const minCompressedLength = 512;

/**
 * Text messages compressed without a context that would be each connection's own: a batch is compressed once for all.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7692#section-7.2.1
 */
export const deflateFraming: Framing = {
  name: 'websocket deflate',
  frame(payload) {
    if (payload.length < minCompressedLength) return text(payload);
    const bytes = deflateRawSync(payload, { ...deflating, ...memoryFor(payload.length) });
    // A sync flush ends with an empty block of four bytes that the peer puts there by itself.
    return frame(finalText | compressed, bytes.subarray(0, -4));
  },
  heartbeat,
};
