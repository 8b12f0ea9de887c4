import type { Member, MemberChangesBody, MembersBody, ServerFrame } from '@rt/protocol';

/** Who is in a channel, as a client has been told. */
export class MembersBook {
  readonly #members = new Map<string, Member>();
  /** How many there are; where all are listed as many as there are in `members`. */
  count = 0;
  connections = 0;
  /** From where it can go on; `null` as long as not all are listed. */
  position: string | null = null;

  get members(): readonly Member[] {
    return [...this.#members.values()];
  }

  /** Takes what was told next. @throws Error if it is a change of what was never told. */
  take(told: MembersBody | MemberChangesBody | { readonly position: string }): void {
    // A place alone: only what has changed since will be told.
    if (!('count' in told)) return;
    if ('changed' in told) this.#change(told);
    else {
      this.#members.clear();
      for (const member of 'members' in told ? told.members : told.sample) this.#members.set(member.user, member);
    }
    ({ count: this.count, connections: this.connections } = told);
    this.position = 'position' in told ? told.position : null;
  }

  #change({ changed, left }: MemberChangesBody): void {
    if (this.position === null) throw new Error('a change was told before the members');
    for (const member of changed) this.#members.set(member.user, member);
    for (const user of left) this.#members.delete(user);
  }
}

/** Takes a frame into the books of those channels whose members are told. */
export function keepBooks(books: Map<string, MembersBook>, frame: ServerFrame): void {
  if (frame.type === 'unsubscribed') books.delete(frame.channel);
  if (frame.type === 'presence') {
    const book = books.get(frame.channel);
    if (book === undefined) throw new Error(`members of ${frame.channel} were told, and nobody had asked`);
    book.take(frame);
  }
  if (frame.type !== 'subscribed' || frame.presence === undefined) return;
  const book = books.get(frame.channel) ?? new MembersBook();
  book.take(frame.presence);
  books.set(frame.channel, book);
}
