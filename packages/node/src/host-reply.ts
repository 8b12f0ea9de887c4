import type { Readable } from 'node:stream';

/** A reply that a host sends by its own means. */
export interface NodeReply {
  readonly status: number;
  /** By names in lower case. `vary` has what the host varies by as well. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * The whole body; or a stream to be piped to the response, as a framework pipes any stream that it is given; or `null`
   * for a status that has no body: 204, and 101, with which a host that answers it has accepted a WebSocket.
   */
  readonly body: string | Buffer | Readable | null;
}

/**
 * A host's own way to answer. Whatever it does with every reply, from hooks over cookies to logs, is then done with
 * this one as well, and may end in another answer.
 */
export interface HostReply {
  /** What the host has set as a header so far; nothing, or an empty text, if it has not. */
  header(name: string): number | string | readonly string[] | null | undefined;
  /** Called once at most. The answer may go out whenever the host is ready, or be another one; MUST NOT throw. */
  send(reply: NodeReply): void;
  /** The peer has gone before there was a reply: `send` will not be called. */
  gone(): void;
}
