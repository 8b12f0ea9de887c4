import type { End, Framing, Session, Transport } from '@rt/core';

/** A wire that comes late. */
export interface EarlyTransport extends Transport {
  /** Writes what was framed before it was there. @default `write` */
  writeEarly?(bytes: Uint8Array): boolean;
}

/**
 * A pipe whose wire comes later, or never, because a host has something to do before. What is written until then is
 * kept; it is little, as whoever writes is told that there is no room.
 */
export class LatePipe implements Transport {
  readonly #framing: Framing;
  readonly #session: Session;
  #giveUp: () => void;
  #pipe: EarlyTransport | null = null;
  #over = false;
  #held: Uint8Array[] = [];
  #end: number | null = null;

  /** @param giveUp Makes sure that there will be no wire. */
  constructor(framing: Framing, session: Session, giveUp: () => void) {
    this.#framing = framing;
    this.#session = session;
    this.#giveUp = giveUp;
  }

  /** The wire itself, if it is there: a host that has answered at once leaves nothing in between. */
  get wire(): Transport {
    return this.#pipe ?? this;
  }

  get framing(): Framing {
    return this.#pipe?.framing ?? this.#framing;
  }

  /** The wire is there: from now on it is `make`'s pipe that calls the session. Does nothing if it was given up. */
  open(make: () => EarlyTransport): void {
    if (this.#over || this.#pipe !== null) return;
    const pipe = make();
    this.#pipe = pipe;
    // It may hold the whole request.
    this.#giveUp = () => {};
    const held = this.#held.splice(0);
    let room = true;
    for (const bytes of held) room = pipe.writeEarly?.(bytes) ?? pipe.write(bytes);
    if (this.#end !== null) pipe.end(this.#end);
    else if (held.length > 0 && room) this.#session.drained();
  }

  /** There will be no wire. Does nothing once there is one. */
  fail(end: End): void {
    if (this.#over || this.#pipe !== null) return;
    this.#over = true;
    this.#held = [];
    this.#session.closed(end);
  }

  get waitingBytes(): number {
    if (this.#pipe !== null) return this.#pipe.waitingBytes ?? 0;
    return this.#held.reduce((sum, { length }) => sum + length, 0);
  }

  write(bytes: Uint8Array): boolean {
    if (this.#pipe !== null) return this.#pipe.write(bytes);
    if (!this.#over && this.#end === null) this.#held.push(bytes);
    return false;
  }

  end(number: number): void {
    if (this.#pipe !== null) this.#pipe.end(number);
    else this.#end ??= number;
  }

  abort(): void {
    if (this.#pipe !== null) return this.#pipe.abort();
    this.fail({ type: 'done' });
    this.#giveUp();
  }
}
