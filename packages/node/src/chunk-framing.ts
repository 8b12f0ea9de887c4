import type { Framing } from '@rt/core';

/**
 * Bytes as one chunk of a chunked body.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-7.1
 */
export function chunk(bytes: Uint8Array): Uint8Array {
  const head = `${bytes.length.toString(16)}\r\n`;
  const framed = Buffer.allocUnsafe(head.length + bytes.length + 2);
  framed.write(head, 'latin1');
  framed.set(bytes, head.length);
  framed.write('\r\n', head.length + bytes.length, 'latin1');
  return framed;
}

const frame = (text: string): Uint8Array => chunk(Buffer.from(text));

/** Text in UTF-8, as a chunk that is made once for all who are sent it. */
export const chunkFraming: Framing = { name: 'node chunk', frame, heartbeat: frame };
