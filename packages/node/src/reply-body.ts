import { Readable } from 'node:stream';

/**
 * The body of a stream that a host sends. Nobody reads it: it hands on where the host pipes it to, and what it would
 * have to say is written there without a step in between.
 */
export class ReplyBody extends Readable {
  readonly #piped: (destination: NodeJS.WritableStream) => void;

  constructor(piped: (destination: NodeJS.WritableStream) => void) {
    super({ read() {} });
    this.#piped = piped;
    // Hosts destroy bodies with an error, and not all of them listen for it.
    this.on('error', () => {});
  }

  override pipe<T extends NodeJS.WritableStream>(destination: T): T {
    this.#piped(destination);
    return destination;
  }

  /** Ends as a stream does that was read to its end, and then runs `done`. One that is only destroyed was cut short. */
  finish(done: () => void): void {
    this.once('end', done);
    this.push(null);
    this.resume();
  }
}
