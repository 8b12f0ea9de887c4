import type { Socket } from 'node:net';
import type { NodeRequest } from './node-message.ts';

/**
 * Lets a request take its time. A server's `timeout` is for requests that hang; a quiet stream and a waiting poll do
 * not. Node sets it anew for the next request of the connection. HTTP/2 shares its socket: leave it. A request that a
 * test injects has none of its own.
 */
export function withoutTimeout(request: NodeRequest): void {
  if (request.httpVersionMajor < 2) (request.socket as Partial<Socket>).setTimeout?.(0);
}
