import type { ServerResponse } from 'node:http';
import { OutgoingMessage } from 'node:http';
import type { Socket } from 'node:net';

/**
 * The socket of a response whose head is sent, if chunks may be written to it beside the response until that is ended. `null`
 * where that would spoil what the peer is sent: HTTP/2 has no socket of its own, HTTP/1.0 and a promised length have no
 * chunks, a pipelined request waits for its socket, a corked response for what comes first, and middleware that has
 * replaced `write`, to compress or to count, would not see it.
 */
export function directSocket(response: ServerResponse): Socket | null {
  if (!(response instanceof OutgoingMessage)) return null;
  const { socket } = response;
  const owns = socket !== null && Reflect.get(socket, '_httpMessage') === response;
  const isChunked = response.headersSent && response.chunkedEncoding;
  const isBare = response.write === OutgoingMessage.prototype.write && response.writableCorked === 0;
  return owns && isChunked && isBare && !response.writableEnded ? socket : null;
}
