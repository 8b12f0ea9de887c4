/**
 * What is to be written to a connection in one turn, as a path in a tree: connections that are given the same batches
 * in the same order are at the same node, and so share one joined buffer and its making.
 */
export class WritePath {
  static readonly #nothing = new Uint8Array(0);
  readonly #before: WritePath | null;
  readonly #bytes: Uint8Array;
  readonly #length: number;
  #last: WritePath | null = null;
  #joined: Uint8Array | null = null;

  private constructor(before: WritePath | null, bytes: Uint8Array) {
    this.#before = before;
    this.#bytes = bytes;
    this.#length = (before === null ? 0 : before.#length) + bytes.length;
  }

  /** The beginning of a turn's tree. */
  static root(): WritePath {
    return new WritePath(null, WritePath.#nothing);
  }

  /** The node after this one for these very bytes. Remembers the last: a fan-out asks for the same again and again. */
  next(bytes: Uint8Array): WritePath {
    if (this.#last === null || this.#last.#bytes !== bytes) this.#last = new WritePath(this, bytes);
    return this.#last;
  }

  /** All bytes from the root to here. Of a single batch it is that batch's own buffer. */
  bytes(): Uint8Array {
    if (this.#before === null || this.#before.#length === 0) return this.#bytes;
    this.#joined ??= this.#join();
    return this.#joined;
  }

  #join(): Uint8Array {
    const joined = new Uint8Array(this.#length);
    let end = this.#length;
    end -= this.#bytes.length;
    joined.set(this.#bytes, end);
    for (let node = this.#before; node !== null; node = node.#before) {
      end -= node.#bytes.length;
      joined.set(node.#bytes, end);
    }
    return joined;
  }
}
