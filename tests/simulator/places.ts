import type { Start } from '@rt/core';
import type { Position } from '@rt/protocol';
import { live } from '@rt/protocol';
import type { Where } from './client.ts';

/** What a client remembers of one channel: where it has come to, and where it wants to begin next. */
interface Row {
  at: Position | null;
  next: Where;
}

/** The places of a client in its channels, over all its connections. */
export class Places {
  readonly #rows = new Map<string, Row>();

  /** From where to ask next. Once it is asked from elsewhere the client resumes as ever. */
  start(channel: string): Start {
    const row = this.#row(channel);
    const { at, next } = row;
    switch (next.type) {
      case 'resume':
        return at === null ? live : { type: 'after', position: at };
      case 'beyond':
        return at === null ? live : { type: 'after', position: { epoch: at.epoch, offset: at.offset + next.by } };
      case 'forged':
        return { type: 'after', position: { epoch: 'forged', offset: 0 } };
      default:
        return next;
    }
  }

  /** The place that it has come to. */
  at(channel: string): Position | null {
    return this.#row(channel).at;
  }

  /** The client was told where it is. */
  came(channel: string, at: Position): void {
    const row = this.#row(channel);
    row.at = at;
    row.next = { type: 'resume' };
  }

  /** The client wants to ask from elsewhere the next time. */
  seek(channel: string, where: Where): void {
    this.#row(channel).next = where;
  }

  #row(channel: string): Row {
    let row = this.#rows.get(channel);
    if (row === undefined) {
      row = { at: null, next: { type: 'resume' } };
      this.#rows.set(channel, row);
    }
    return row;
  }
}
