import type { Session, Transport } from '../delivery/transport.ts';

/** Status and headers of a reply. Header names are in lower case; a host adds what it has set itself. */
export interface Head {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the host may serve another request on the same connection. */
  readonly keepAlive: boolean;
}

/**
 * One HTTP request and its reply, free of any host. Implemented for node:http and HTTP/2 by `@rt/node`.
 *
 * Exactly one of `reply`, `stream` and `upgrade` MUST be called, once. Neither throws, also when the peer has gone.
 */
export interface Exchange {
  /** In upper case. */
  readonly method: string;
  /** The decoded query of the URL. */
  readonly query: URLSearchParams;
  /** The network address of the client, as the host knows it, or `null`. */
  readonly address: string | null;
  /** Whether this request may become a WebSocket: a host that takes upgrades has handed it in. */
  readonly upgradable: boolean;
  /** A request header by its name in lower case; several of them joined by `, `. */
  header(name: string): string | null;
  /** Whether the peer has gone, or the reply is over. */
  readonly closed: boolean;
  /**
   * Calls `run` once when the peer goes before the reply is over. MUST NOT call it after the reply. The reply will take
   * its time: a host MUST NOT end the request for being quiet.
   */
  onGone(run: () => void): void;
  /**
   * The request's body as text. Uses what the host has already read, if it has.
   *
   * @throws RtError `body_too_large` past the limit, `body_consumed` if somebody else has read it.
   */
  readText(maxBytes: number): Promise<string>;
  /** Answers with a whole body. For HEAD the host leaves the body out. */
  reply(head: Head, body: string | Uint8Array): void;
  /**
   * Sends the head at once and goes on with a stream, which calls the session from then on, but not before it has
   * returned. `session.closed` is called exactly once, whoever ends it.
   */
  stream(head: Head, session: Session): Transport;
  /**
   * Accepts the WebSocket, on which the session then receives each text message, and an empty text for each sign of
   * life. A message larger than `maxBytes`, or a binary one, ends it. As for `stream`, the session is not called before
   * this returns. Only if it is `upgradable`.
   */
  upgrade(session: Session, options: UpgradeOptions): Transport;
}

/** How a WebSocket is accepted. */
export interface UpgradeOptions {
  readonly maxBytes: number;
  /** The subprotocol to choose, or `null` if the client has offered none. */
  readonly subprotocol: string | null;
}
