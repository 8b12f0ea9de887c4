import type { TransportName } from '../observe/observer.ts';
import type { Codec } from './codec.ts';
import type { Cursor } from './cursor.ts';
import type { End, Framing, Session, Transport } from './transport.ts';
import type { WritePath } from './write-path.ts';

/** What a connection tells its owner. */
export interface ConnectionOwner {
  /** The peer takes bytes again: cursors that are behind may go on. */
  drained(connection: Connection): void;
  /** Called once, in the turn in which the connection ends. */
  closed(connection: Connection): void;
}

/** How a connection is opened. */
export interface ConnectionOptions {
  readonly name: TransportName;
  readonly codec: Codec;
  /** True for a peer that takes one write and is gone, as a poll does. */
  readonly once: boolean;
  /** Opens the pipe. MUST NOT call the session before it returns. */
  readonly open: (session: Session) => Transport;
}

/** One peer: a transport, the codec it wants, and its cursors. What waits for it is in the logs, not here. */
export class Connection implements Session {
  readonly name: TransportName;
  readonly codec: Codec;
  readonly cursors: Cursor[] = [];
  readonly #owner: ConnectionOwner;
  readonly #once: boolean;
  readonly #transport: Transport;
  #pending: WritePath | null = null;
  #writable = true;
  #wrote = true;
  #open = true;

  constructor(owner: ConnectionOwner, options: ConnectionOptions) {
    this.name = options.name;
    this.codec = options.codec;
    this.#owner = owner;
    this.#once = options.once;
    this.#transport = options.open(this);
  }

  get framing(): Framing {
    return this.#transport.framing;
  }

  /** Whether it may be given something in this turn. */
  get ready(): boolean {
    return this.#open && this.#writable && !(this.#once && this.#pending !== null);
  }

  /** Whether this turn writes to it. */
  get touched(): boolean {
    return this.#pending !== null;
  }

  /** Adds to what this turn writes. True if it is the first: the caller then calls `flush` at the turn's end. */
  push(root: WritePath, bytes: Uint8Array): boolean {
    const first = this.#pending === null;
    this.#pending = (this.#pending ?? root).then(bytes);
    return first;
  }

  /** Writes what this turn has pushed, all at once. */
  flush(): void {
    const pending = this.#pending;
    this.#pending = null;
    if (pending !== null) this.#write(pending.bytes());
  }

  /** Writes at once what concerns this connection alone. Nothing may be pushed and not flushed. */
  send(text: string): void {
    this.#write(this.framing.frame(text));
  }

  /** Called twice in a heartbeat's period: writes a heartbeat if nothing else was written since the last call. */
  beat(): void {
    if (!this.#wrote && this.#writable && this.codec.heartbeat !== null) this.send(this.codec.heartbeat);
    this.#wrote = false;
  }

  /** Says goodbye and ends. */
  bye(retryInMs: number): void {
    this.send(this.codec.bye(retryInMs));
    if (this.#open) this.#transport.end();
  }

  abort(): void {
    if (this.#open) this.#transport.abort();
  }

  drained(): void {
    if (!this.#open || this.#writable) return;
    this.#writable = true;
    this.#owner.drained(this);
  }

  closed(_end: End): void {
    if (!this.#open) return;
    this.#open = false;
    this.#pending = null;
    this.#owner.closed(this);
  }

  #write(bytes: Uint8Array): void {
    if (!this.#open) return;
    this.#wrote = true;
    this.#writable = this.#transport.write(bytes);
  }
}
