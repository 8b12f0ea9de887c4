import type { Exchange, Head, RequestHub, Session, Transport } from '@rt/core';
import type { ServerFrame } from '@rt/protocol';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A session over a WebSocket without a network, whose peer may stop reading, read again, leave, or vanish. */
export class SimulatedSession implements Exchange {
  readonly method = 'GET';
  readonly address: string | null = null;
  readonly upgradable = true;
  readonly query: URLSearchParams = new URLSearchParams();
  /** What was written, whether or not the peer has read it. */
  readonly written: ServerFrame[] = [];
  /** What has come to the peer, in its order. */
  readonly frames: ServerFrame[] = [];
  closed = false;
  /** Sees each frame as it comes to the peer. */
  onFrame: (frame: ServerFrame) => void = () => {};
  #session: Session | null = null;
  #held: ServerFrame[] = [];
  #reading = true;
  #lastId = 0;

  /** Opens one for a user, as the host has resolved it. */
  static async open(
    hub: RequestHub,
    user: unknown,
    connect: Readonly<Record<string, unknown>> = {},
  ): Promise<SimulatedSession> {
    const session = new SimulatedSession();
    await hub.handle(session, () => user);
    session.send({ type: 'connect', ...connect });
    return session;
  }

  get reading(): boolean {
    return this.#reading;
  }

  header(name: string): string | null {
    return name === 'upgrade' ? 'websocket' : null;
  }

  onGone(): void {
    // It goes only as a WebSocket.
  }

  async readText(): Promise<string> {
    return '';
  }

  reply({ status }: Head, body: string | Uint8Array): void {
    throw new Error(`refused with ${status}: ${String(body)}`);
  }

  stream(): Transport {
    throw new Error('a WebSocket was asked for');
  }

  upgrade(session: Session): Transport {
    this.#session = session;
    return {
      framing: { name: 'simulated', frame: encode, heartbeat: encode },
      write: (bytes) => this.#write(bytes),
      end: () => this.#end('done'),
      abort: () => this.#end('done'),
    };
  }

  /** Sends a frame with the next id, which is returned. */
  send(frame: Readonly<Record<string, unknown>>): number {
    this.#lastId += 1;
    this.#session?.receive(JSON.stringify({ ...frame, id: this.#lastId }));
    return this.#lastId;
  }

  /** What has answered a frame, if anything has, read or not. */
  answer(id: number): ServerFrame | null {
    return this.written.find((frame) => 'id' in frame && frame.id === id) ?? null;
  }

  stop(): void {
    this.#reading = false;
  }

  read(): void {
    if (this.#reading) return;
    this.#reading = true;
    for (const frame of this.#held.splice(0)) this.#take(frame);
    this.#session?.drained();
  }

  /** Breaks without a word; what it has not read is lost. */
  cut(): void {
    this.#end('peer');
  }

  /** Closes in good order. */
  leave(): void {
    this.#end('left');
  }

  #write(bytes: Uint8Array): boolean {
    if (this.closed) throw new Error('a write after the end');
    for (const line of new TextDecoder().decode(bytes).split('\n')) {
      if (line === '') continue;
      const frame = JSON.parse(line) as ServerFrame;
      this.written.push(frame);
      if (this.#reading) this.#take(frame);
      else this.#held.push(frame);
    }
    return this.#reading;
  }

  #take(frame: ServerFrame): void {
    this.frames.push(frame);
    this.onFrame(frame);
  }

  #end(type: 'peer' | 'left' | 'done'): void {
    if (this.closed) return;
    this.closed = true;
    this.#session?.closed({ type });
  }
}
