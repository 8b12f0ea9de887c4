import { randomUUID } from 'node:crypto';

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

export function newVisitor(name: string, keyHolder: boolean): Visitor {
  return { id: randomUUID(), name, keyHolder };
}
