import type { RtError } from '@rt/protocol';
import { codes } from '@rt/protocol';
import type { TransportName } from '../observe/observer.ts';
import type { Batch } from './batch.ts';
import type { Codec, Gap, Reading } from './codec.ts';
import type { End, Session, Transport } from './transport.ts';
import type { WritePath } from './write-path.ts';

/** What a connection tells its owner. */
export interface ConnectionOwner {
  /** The peer takes bytes again: cursors that are behind may go on. */
  drained(connection: Connection): void;
  /** Called once, in the turn in which the connection ends. */
  closed(connection: Connection, end: End): void;
  /** The transport has thrown, which it must not. The connection is ended; the others must not notice. */
  failed(connection: Connection, cause: unknown): void;
}

/** What a peer says, for the one who listens. A peer that only reads has none. */
export interface Listener {
  receive(text: string): void;
  /** Called twice in a heartbeat's period. True if it wants the peer to show that it lives, whatever else is written. */
  beat(): boolean;
  /** Says goodbye in its own words. Without it the connection says it. */
  end?(error: RtError, retryInMs: number | null): void;
  /** Called once, after the connection has left its channels. */
  closed(end: End): void;
}

/** How a connection is opened. */
export interface ConnectionOptions {
  readonly name: TransportName;
  readonly codec: Codec;
  /** The id of the user who reads here, or `null`. */
  readonly userId: string | null;
  /** True for a peer that takes one write and is gone, as a poll does. */
  readonly once: boolean;
  readonly listener: Listener | null;
  /** Opens the pipe. MUST NOT call the session before it returns. */
  readonly open: (session: Session) => Transport;
}

/** One peer: a transport, and the codec it wants. What waits for it is in the logs, not here. */
export class Connection implements Session {
  readonly name: TransportName;
  readonly userId: string | null;
  /** Its subscriptions, put here by its owner. */
  readings: readonly Reading[] = [];
  readonly #owner: ConnectionOwner;
  readonly #codec: Codec;
  readonly #limit: number;
  readonly #once: boolean;
  readonly #listener: Listener | null;
  readonly #transport: Transport;
  #pending: WritePath | null = null;
  #writable = true;
  #wrote = true;
  #unread = 0;
  #state: 'open' | 'ending' | 'closed' = 'open';

  constructor(owner: ConnectionOwner, options: ConnectionOptions) {
    this.name = options.name;
    this.userId = options.userId;
    this.#codec = options.codec;
    this.#limit = options.codec.limit ?? Number.POSITIVE_INFINITY;
    this.#owner = owner;
    this.#once = options.once;
    this.#listener = options.listener;
    this.#transport = options.open(this);
  }

  /** Whether it may be given something in this turn. */
  get ready(): boolean {
    return this.#state === 'open' && this.#writable && !(this.#once && this.#pending !== null);
  }

  /** Whether it can still be told anything. */
  get open(): boolean {
    return this.#state === 'open';
  }

  /** Whether its codec has a way to write what is ephemeral. */
  get takesPassing(): boolean {
    return this.#codec.passing;
  }

  /** Whether this turn writes to it. */
  get touched(): boolean {
    return this.#pending !== null;
  }

  /** How many bytes it was sent that it did not ask to be spared, while it was slow. */
  get unreadBytes(): number {
    return this.#unread;
  }

  /** How many bytes it was sent that its peer has not taken. */
  get waitingBytes(): number {
    return this.#transport.waitingBytes ?? 0;
  }

  /** How many publications of a batch it is told. */
  toldOf({ kept, passing }: Batch): number {
    return Math.min(kept, this.#limit) + (this.#codec.passing ? passing : 0);
  }

  /** A batch as this peer's bytes: the same object for all peers that are alike. */
  encoded(batch: Batch): Uint8Array {
    const { framing } = this.#transport;
    const key = this.#codec.key(this.readings);
    const known = batch.written(framing, key);
    if (known !== null) return known;
    const { says } = batch;
    const text = says.type === 'lines' ? this.#codec.lines(says.lines) : this.#codec.publications(says, this.readings);
    const bytes = framing.frame(text);
    batch.keep({ framing, key, bytes });
    return bytes;
  }

  /** A gap as this peer's bytes. */
  encodedGap(gap: Gap): Uint8Array {
    return this.#transport.framing.frame(this.#codec.gap(gap, this.readings));
  }

  /** Adds to what this turn writes. True if it is the first: the caller then calls `flush` at the turn's end. */
  push(root: WritePath, bytes: Uint8Array): boolean {
    const first = this.#pending === null;
    this.#pending = (this.#pending ?? root).next(bytes);
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
    const bytes = this.#transport.framing.frame(text);
    if (!this.#writable) this.#unread += bytes.length;
    this.#write(bytes);
  }

  /** Tells a gap at once. */
  sendGap(gap: Gap): void {
    this.#write(this.encodedGap(gap));
  }

  /** Called twice in a heartbeat's period: writes a heartbeat if nothing else was written since, or if it is asked. */
  beat(): void {
    const asked = this.#listener?.beat() ?? false;
    const { heartbeat } = this.#codec;
    if (heartbeat !== null && this.#writable && (asked || !this.#wrote)) {
      this.#write(this.#transport.framing.heartbeat(heartbeat));
    }
    this.#wrote = false;
  }

  /** Says goodbye and ends. */
  bye(error: RtError, retryInMs: number | null): void {
    if (this.#state !== 'open') return;
    this.send(this.#codec.bye(error, retryInMs));
    this.#guarded(() => {
      this.#state = 'ending';
      this.#transport.end(codes[error.code].number);
    });
  }

  /** Ends, after what its listener still has to say. */
  end(error: RtError, retryInMs: number | null): void {
    const listener = this.#listener;
    if (listener?.end === undefined) this.bye(error, retryInMs);
    else listener.end(error, retryInMs);
  }

  abort(): void {
    if (this.#state === 'open') this.#state = 'ending';
    this.#guarded(() => this.#transport.abort());
  }

  receive(text: string): void {
    if (this.#state === 'open') this.#listener?.receive(text);
  }

  drained(): void {
    if (this.#state !== 'open' || this.#writable) return;
    this.#writable = true;
    this.#unread = 0;
    this.#owner.drained(this);
  }

  closed(end: End): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#pending = null;
    this.#owner.closed(this, end);
    this.#listener?.closed(end);
  }

  #write(bytes: Uint8Array): void {
    if (this.#state !== 'open') return;
    this.#wrote = true;
    try {
      // A slow peer stays slow until it says that it is not: also a buffer that has room again may still be too full.
      this.#writable = this.#transport.write(bytes) && this.#writable;
    } catch (cause) {
      this.#failed(cause);
    }
  }

  #guarded(run: () => void): void {
    if (this.#state === 'closed') return;
    try {
      run();
    } catch (cause) {
      this.#failed(cause);
    }
  }

  /** Hosts patch what a transport writes to: what one of them throws is this connection's end, not the turn's. */
  #failed(cause: unknown): void {
    this.#owner.failed(this, cause);
    this.closed({ type: 'failed' });
    this.#giveUp();
  }

  #giveUp(): void {
    try {
      this.#transport.abort();
    } catch {
      // What is wrong with this pipe has just been told.
    }
  }
}
