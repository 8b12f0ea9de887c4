import type { Moment } from './journal.ts';

/** What a member shows, as JSON, and with how many clients. */
export interface Shown {
  readonly state: string;
  readonly connections: number;
}

/** A change in a place: what a user shows from then on, or `null` for one who has left. */
export interface PresenceStep {
  readonly user: string;
  readonly member: Shown | null;
  readonly at: Moment;
}

export type Roster = ReadonlyMap<string, Shown>;

/** A place from when it was first needed until it was forgotten: the truth about one log of who is there. */
export class PresenceLife {
  readonly place: string;
  readonly born: Moment;
  /** What its positions begin with, once a view of it was given out. */
  epoch: string | null = null;
  readonly steps: PresenceStep[] = [];

  constructor(place: string, born: Moment) {
    this.place = place;
    this.born = born;
  }

  /** The newest offset at a moment. */
  top(at: Moment): number {
    let top = this.steps.length;
    while (top > 0 && (this.steps[top - 1]?.at.order ?? 0) >= at.order) top -= 1;
    return top;
  }

  /** Who is there after so many changes. */
  roster(offset: number): Roster {
    const roster = new Map<string, Shown>();
    for (const { user, member } of this.steps.slice(0, offset)) {
      if (member === null) roster.delete(user);
      else roster.set(user, member);
    }
    return roster;
  }
}

/** How many clients those who are there have together. */
export function connectionsOf(roster: Roster): number {
  let sum = 0;
  for (const { connections } of roster.values()) sum += connections;
  return sum;
}
