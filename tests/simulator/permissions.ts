import type { Journal, Moment } from './journal.ts';

/** What the rules are asked about here. */
export type Operation = 'subscribe' | 'publish' | 'enter' | 'members';

/** Who wants to do what where. */
export interface Question {
  readonly user: string;
  readonly channel: string;
  readonly operation: Operation;
}

interface Asked extends Question {
  readonly allowed: boolean;
  readonly at: Moment;
}

/** Who may do what, as the schedule changes it, and every answer that a rule has given. */
export class Permissions {
  readonly #journal: Journal;
  /** Since when somebody is denied something. */
  readonly #denied = new Map<string, Moment>();
  readonly #asked: Asked[] = [];
  /** Who was ever denied what, and who has ever wanted to leave where. */
  readonly #ever = new Set<string>();
  #rulesFail = false;
  readonly #revoked: Omit<Asked, 'operation' | 'allowed'>[] = [];

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** What the rule answers, from what is true when it is asked. */
  ask(operation: Operation, user: string, channel: string): boolean {
    const allowed = !this.#denied.has(`${operation} ${user} ${channel}`);
    this.#asked.push({ user, channel, operation, allowed, at: this.#journal.moment() });
    this.#journal.note(() => `  a rule ${allowed ? 'allows' : 'denies'} ${user} to ${operation} ${channel}`);
    return allowed;
  }

  set(operation: Operation, user: string, channel: string, allowed: boolean): void {
    const name = `${operation} ${user} ${channel}`;
    if (allowed) this.#denied.delete(name);
    else if (!this.#denied.has(name)) this.#denied.set(name, this.#journal.moment());
    if (!allowed) this.#ever.add(name);
  }

  /** Since when a rule denies it, or `null` if it allows it. */
  deniedSince({ operation, user, channel }: Question): Moment | null {
    return this.#denied.get(`${operation} ${user} ${channel}`) ?? null;
  }

  /** Takes note that a rule could not answer, which is as good as a denial. */
  failed(): void {
    this.#rulesFail = true;
  }

  /** Whether a rule has ever denied it, or may have. */
  everDenied({ operation, user, channel }: Question): boolean {
    return this.#rulesFail || this.#ever.has(`${operation} ${user} ${channel}`);
  }

  /** Takes note that a user does not want to be a member any more. */
  wantsToLeave(user: string, channel: string): void {
    this.#ever.add(`leave ${user} ${channel}`);
  }

  /** Whether a user has ever not wanted to be a member any more. */
  wantedToLeave(user: string, channel: string): boolean {
    return this.#ever.has(`leave ${user} ${channel}`);
  }

  /** Takes note that a permission is taken back now, which the rule knows already. */
  revoke(user: string, channel: string): void {
    this.#revoked.push({ user, channel, at: this.#journal.moment() });
  }

  /** The last time that the permission was taken back before a place in the order of events, or 0. */
  revokedBefore(user: string, channel: string, order: number): number {
    const last = this.#revoked.findLast((one) => one.user === user && one.channel === channel && one.at.order < order);
    return last?.at.order ?? 0;
  }

  /** Whether a rule has allowed it between two moments. */
  allowedBetween({ operation, user, channel }: Question, after: number, before: Moment): boolean {
    return this.#asked.some(
      (one) =>
        one.allowed &&
        one.operation === operation &&
        one.user === user &&
        one.channel === channel &&
        one.at.order > after &&
        one.at.order < before.order,
    );
  }
}
