import type { Framing } from '@rt/core';

/**
 * Bytes as one chunk of a chunked body.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-7.1
 */
export function chunk(bytes: Uint8Array): Uint8Array {
  const framed = chunkOf(bytes.length);
  framed.set(bytes, framed.length - bytes.length - 2);
  return framed;
}

/** Its head and its end, and room between them. */
function chunkOf(length: number): Buffer {
  const head = `${length.toString(16)}\r\n`;
  const framed = Buffer.allocUnsafe(head.length + length + 2);
  framed.write(head, 'latin1');
  framed.write('\r\n', head.length + length, 'latin1');
  return framed;
}

function frame(text: string): Uint8Array {
  const length = Buffer.byteLength(text);
  const framed = chunkOf(length);
  framed.write(text, framed.length - length - 2);
  return framed;
}

/** Text in UTF-8, as a chunk that is made once for all who are sent it. */
export const chunkFraming: Framing = { name: 'node chunk', frame, heartbeat: frame };
