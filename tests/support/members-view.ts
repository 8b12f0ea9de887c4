import type { Member, MembersBody, ServerFrame } from '@rt/protocol';
import { parsePosition } from '@rt/protocol';
import { expect } from 'vitest';

type Presence = Extract<ServerFrame, { readonly type: 'presence' }>;
type Subscribed = Extract<ServerFrame, { readonly type: 'subscribed' }>;

/** Who is in a channel as one observer has been told, who is strict about the telling. */
export class MembersView {
  readonly members: Map<string, Member>;
  count = 0;
  connections = 0;
  /** From where it can go on; `null` as long as it knows a few only, or nothing. */
  position: string | null = null;

  constructor(from?: MembersView) {
    this.members = new Map(from?.members);
    if (from === undefined) return;
    ({ count: this.count, connections: this.connections, position: this.position } = from);
  }

  /** Whether it knows everybody. */
  get lists(): boolean {
    return this.position !== null;
  }

  /** What the answer to a subscription says. */
  begin(presence: Subscribed['presence']): void {
    expect(presence).toBeDefined();
    if (presence === undefined) return;
    if ('count' in presence) this.#replace(presence);
    // Only what has changed since the place that was asked for will be told.
    else expect(presence).toEqual({ position: this.position });
  }

  take(frame: Presence): void {
    if ('changed' in frame) {
      const [before, after] = [this.position, frame.position].map((text) => parsePosition(text ?? ''));
      expect(before, 'a change came before the list').not.toBeNull();
      expect(after?.epoch).toBe(before?.epoch);
      expect(after?.offset).toBeGreaterThan(before?.offset ?? Infinity);
      for (const member of frame.changed) this.members.set(member.user, member);
      for (const user of frame.left) this.members.delete(user);
      ({ count: this.count, connections: this.connections, position: this.position } = frame);
    } else this.#replace(frame);
    this.#check();
  }

  #replace(body: MembersBody): void {
    this.members.clear();
    const members = 'members' in body ? body.members : body.sample;
    for (const member of members) this.members.set(member.user, member);
    expect(this.members.size, 'somebody is told twice').toBe(members.length);
    ({ count: this.count, connections: this.connections } = body);
    this.position = 'members' in body ? body.position : null;
    this.#check();
  }

  /** What it is told fits together. */
  #check(): void {
    if (!this.lists) return expect(this.members.size).toBe(Math.min(20, this.count));
    let connections = 0;
    for (const member of this.members.values()) connections += member.connections;
    expect([this.count, this.connections]).toEqual([this.members.size, connections]);
  }
}
