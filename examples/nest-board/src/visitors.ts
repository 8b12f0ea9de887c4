import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { names } from './person.ts';

/** Whoever looks at the board, as the same person in every tab of one browser. */
export interface Visitor {
  /** Begins with the name: members are told by their ids, so nobody stands there under another name. */
  readonly id: string;
  readonly name: string;
  /** Whether this person only reads along. */
  readonly readsOnly: boolean;
}

const cookie = /(?:^|;\s*)visitor=([0-9a-f-]{36})(?:;|$)/;

/** Who has come, by what their cookie says. Names are given in the order of coming. */
@Injectable()
export class Visitors {
  readonly #visitors = new Map<string, Visitor>();

  /** The secret of a cookie, or `null` without one. */
  tokenOf(cookies: string | undefined): string | null {
    return cookie.exec(cookies ?? '')?.[1] ?? null;
  }

  of(token: string): Visitor {
    const known = this.#visitors.get(token);
    if (known !== undefined) return known;
    const name = names[this.#visitors.size % names.length] as string;
    const id = `${name}-${createHash('sha256').update(token).digest('hex').slice(0, 8)}`;
    const visitor = { id, name, readsOnly: false };
    this.#visitors.set(token, visitor);
    return visitor;
  }

  /** Lets somebody change the board, or only read it. */
  allow(token: string, readsOnly: boolean): Visitor {
    const visitor = { ...this.of(token), readsOnly };
    this.#visitors.set(token, visitor);
    return visitor;
  }

  /** Whether somebody may change the board at this moment, whatever it was when the connection began. */
  mayChange(id: string): boolean {
    return [...this.#visitors.values()].some((visitor) => visitor.id === id && !visitor.readsOnly);
  }
}
