import type { Member, MembersBody, ServerFrame } from '@rt/protocol';
import { Cell } from './store.ts';

/** Who is in a channel, as it was told last. */
export interface PresenceSnapshot<State = unknown> {
  /** How many members there are, and how many clients they have there together. */
  readonly count: number;
  readonly connections: number;
  /** All of them, or a few where they are too many. One that has not changed is the same object. */
  readonly members: readonly Member<State>[];
  readonly complete: boolean;
}

type Told = NonNullable<Extract<ServerFrame, { readonly type: 'subscribed' }>['presence']>;
type Changes = Extract<ServerFrame, { readonly type: 'presence' }>;

const nobody: PresenceSnapshot = { count: 0, connections: 0, members: [], complete: false };

/** The members of a channel, out of what a server tells. */
export class PresenceView {
  readonly cell: Cell<PresenceSnapshot> = new Cell(nobody);
  readonly #members = new Map<string, Member>();
  /** Where to go on from, or `null` if all have to be told. */
  position: string | null = null;

  /** What comes with a subscription: everybody, or that what was told before still leads on. */
  begin(told: Told): void {
    if ('count' in told) this.#replace(told);
    else this.position = told.position;
  }

  take(told: Changes): void {
    if (!('changed' in told)) return this.#replace(told);
    // Nothing leads to changes but what was told before: a server does not tell them without.
    if (this.position === null) return;
    for (const member of told.changed) this.#set(member);
    for (const user of told.left) this.#members.delete(user);
    this.position = told.position;
    this.#show(told.count, told.connections, true);
  }

  /** Nobody is told any more. */
  end(): void {
    this.position = null;
    this.#members.clear();
    this.cell.set(nobody);
  }

  #replace(told: MembersBody): void {
    const complete = 'members' in told;
    const members = complete ? told.members : told.sample;
    const here = new Set(members.map(({ user }) => user));
    for (const user of this.#members.keys()) if (!here.has(user)) this.#members.delete(user);
    for (const member of members) this.#set(member);
    this.position = complete ? told.position : null;
    this.#show(told.count, told.connections, complete);
  }

  #set(member: Member): void {
    const before = this.#members.get(member.user);
    const same =
      before?.connections === member.connections && JSON.stringify(before.state) === JSON.stringify(member.state);
    if (!same) this.#members.set(member.user, member);
  }

  #show(count: number, connections: number, complete: boolean): void {
    this.cell.set({ count, connections, members: [...this.#members.values()], complete });
  }
}
