import type { NodeRequest } from './node-message.ts';

/**
 * Lets a request take its time. A server's `timeout` is for requests that hang; a quiet stream and a waiting poll do
 * not. Node sets it anew for the next request of the connection. HTTP/2 shares its socket: leave it.
 */
export function withoutTimeout(request: NodeRequest): void {
  if (request.httpVersionMajor < 2) request.socket.setTimeout(0);
}
