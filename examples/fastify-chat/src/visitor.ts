import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

/** Whoever has picked a name, as the session keeps it. */
export interface Visitor {
  readonly id: string;
  readonly name: string;
  readonly keyHolder: boolean;
}

/** Who has written something, as all see it. */
export interface Writer {
  readonly id: string;
  readonly name: string;
}

/** A writer with the server's word for it. */
export interface SealedWriter extends Writer {
  readonly seal: string;
}

export function newVisitor(name: string, keyHolder: boolean): Visitor {
  return { id: randomUUID(), name, keyHolder };
}

/**
 * What a page says of its writer was written by the page. The seal, which only that visitor has, proves that it is what
 * the session says: nobody writes, types or stands in the list under the name of somebody else.
 */
export class Seals {
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

  seal({ id, name }: Writer): SealedWriter {
    return { id, name, seal: this.#print({ id, name }).toString('base64url') };
  }

  isGenuine({ id, name, seal }: SealedWriter): boolean {
    const right = this.#print({ id, name });
    const shown = Buffer.from(seal, 'base64url');
    return shown.length === right.length && timingSafeEqual(shown, right);
  }

  #print({ id, name }: Writer): Buffer {
    return createHmac('sha256', this.#secret)
      .update(JSON.stringify([id, name]))
      .digest();
  }
}
