import type { ServerFrame } from '@rt/protocol';
import { RtError } from '@rt/protocol';

/** A frame that is answered. */
export interface Request {
  readonly frame: Readonly<Record<string, unknown>>;
  /** Whether it does no harm to send it again when its answer was lost. */
  readonly repeatable: boolean;
  answered(frame: ServerFrame): void;
  failed(error: RtError): void;
}

/** What was asked: what waits for a connection, and what waits for its answer. */
export class Requests {
  #lastId = 1;
  #waiting: Request[] = [];
  readonly #asked = new Map<number, Request>();

  /** A new session begins: its first frame has the id 1. */
  begin(): void {
    this.lost();
    this.#lastId = 1;
  }

  /** A request with the next id, as its line: from now on it waits for its answer. */
  ask(request: Request): string {
    this.#lastId += 1;
    this.#asked.set(this.#lastId, request);
    return `${JSON.stringify({ ...request.frame, id: this.#lastId })}\n`;
  }

  /** Keeps a request for the next connection. */
  wait(request: Request): void {
    this.#waiting.push(request);
  }

  /** Takes what waits for a connection. */
  takeWaiting(): readonly Request[] {
    return this.#waiting.splice(0);
  }

  /** Gives an answer to whoever has asked. */
  settle(frame: ServerFrame): void {
    if (!('id' in frame) || frame.id === undefined) return;
    const request = this.#asked.get(frame.id);
    this.#asked.delete(frame.id);
    if (frame.type === 'error') request?.failed(RtError.of(frame.error));
    else request?.answered(frame);
  }

  /** The connection is gone: what may be repeated waits for the next one, in its order. */
  lost(): void {
    const asked = [...this.#asked.values()];
    this.#asked.clear();
    this.#waiting = [...asked.filter(({ repeatable }) => repeatable), ...this.#waiting];
    const error = new RtError('connection_lost', 'the connection was lost before the answer came');
    for (const request of asked) if (!request.repeatable) request.failed(error);
  }

  /** Nothing will be answered any more. */
  close(error: RtError): void {
    for (const request of [...this.#asked.values(), ...this.#waiting.splice(0)]) request.failed(error);
    this.#asked.clear();
  }
}
