import type { IncomingMessage, OutgoingHttpHeader, OutgoingHttpHeaders } from 'node:http';
import { ServerResponse } from 'node:http';

type Headers = OutgoingHttpHeaders | readonly OutgoingHttpHeader[] | undefined;

/** What an upgrade has to know of its response. */
export interface UpgradeListener {
  /** The head is about to be made, with a status. */
  head(): void;
  /** Status 101 was answered, by whomever, and its headers are those of the response. True if it is taken as such. */
  accept(): boolean;
}

/**
 * A response whose status 101 is not sent but handed over, with all headers that the host sets until the very end. By
 * properties of its own, since Express gives responses another prototype.
 */
export function upgradeResponse(request: IncomingMessage, listener: UpgradeListener): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  const writeHead = response.writeHead.bind(response) as (...parts: readonly unknown[]) => ServerResponse;
  const end = response.end.bind(response) as (...parts: readonly unknown[]) => ServerResponse;
  response.writeHead = (status: number, reason?: string | Headers, headers?: Headers): ServerResponse => {
    listener.head();
    if (status !== 101) return writeHead(status, reason, headers);
    setHeaders(response, typeof reason === 'string' ? headers : (reason ?? headers));
    return writeHead(101);
  };
  response.end = (...parts: unknown[]): ServerResponse => {
    if (response.statusCode !== 101) return end(...parts);
    // Whoever sets headers at the last moment listens for this, as middleware for sessions does.
    if (!response.headersSent) response.writeHead(101);
    return listener.accept() ? response : end(...parts);
  };
  return response;
}

/** Node itself keeps headers that are given to `writeHead` to itself. */
function setHeaders(response: ServerResponse, headers: Headers): void {
  if (Array.isArray(headers)) {
    const flat = headers.flat() as readonly string[];
    for (let at = 0; at + 1 < flat.length; at += 2) response.appendHeader(flat[at] ?? '', flat[at + 1] ?? '');
    return;
  }
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value !== undefined) response.setHeader(name, value);
  }
}
