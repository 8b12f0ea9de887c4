import type { ErrorCode } from '@rt/protocol';
import { RtError } from '@rt/protocol';
import type { Observer } from '../observe/observer.ts';
import type { EnterQuestion, EventQuestion, User, Verdict } from './define-channel.ts';
import type { Match, Rules } from './registry.ts';

/** What a user may want to do with a channel. */
export type Operation =
  | { readonly type: 'subscribe' | 'history' | 'members' }
  | { readonly type: 'enter'; readonly state: unknown }
  | { readonly type: 'publish' | 'send'; readonly event: string; readonly data: unknown };

/** Whatever one of the rules may be asked about. */
type AnyQuestion = EventQuestion<Match['params']> & EnterQuestion<Match['params']>;

const nothing = { event: '', data: undefined, state: undefined };

const denied: { readonly [Name in keyof Rules]: ErrorCode } = {
  subscribe: 'subscribe_denied',
  history: 'history_denied',
  publish: 'publish_denied',
  send: 'send_denied',
  enter: 'enter_denied',
  members: 'members_denied',
};

/**
 * Asks the channel's rule for an operation. Resolves if it allows.
 *
 * @throws RtError `subscribe_denied`, `history_denied`, `publish_denied`, `send_denied`, `enter_denied`, `members_denied`
 *   if it does not; `rule_failed` if it throws: the observer is given the cause.
 */
export async function allow(match: Match, operation: Operation, user: User | null, observe: Observer): Promise<void> {
  const { rules, unsaid, pattern } = match.definition;
  const rule: 'anyone' | 'nobody' | ((question: AnyQuestion) => Verdict) = rules[operation.type];
  if (rule === 'anyone') return;
  const name = operation.type;
  let allowed: unknown = false;
  if (rule !== 'nobody') {
    try {
      const { type: _, ...about } = operation;
      allowed = await rule({ ...nothing, user, params: match.params, channel: match.channel, ...about });
    } catch (cause) {
      observe({ type: 'error', stage: 'rule', cause });
      throw new RtError('rule_failed', `the ${name} rule of "${pattern.text}" threw; see the server's log`, { cause });
    }
  }
  if (allowed === true) return;
  const isUnsaid = rule === 'nobody' && unsaid.has(name);
  const fix = `nobody may unless one says so: ${name}: ({ user }) => user !== null, or ${name}: 'anyone'`;
  if (isUnsaid) {
    const message = `a client asked "${pattern.text}" to ${words[name]}, and its definition has no ${name} rule; ${fix}`;
    observe({ type: 'warning', message });
  }
  const hint = isUnsaid ? `its definition has no ${name} rule; ${fix}` : `its ${name} rule did not allow this user`;
  throw new RtError(denied[name], `"${match.channel}" refuses to ${words[name]}: ${hint}`);
}

const words: { readonly [Name in keyof Rules]: string } = {
  subscribe: 'be read',
  history: 'show what was published before',
  publish: 'be published to',
  send: 'be sent to',
  enter: 'be entered',
  members: 'show who is there',
};

/** What a reader wants besides what is published from now on. */
export interface Wanted {
  /** What was published before. */
  readonly past: boolean;
  /** Who is there. */
  readonly members: boolean;
}

/** Asks whether the user may read, and read all that is wanted. @throws as {@link allow} */
export async function mayRead(match: Match, wanted: Wanted, user: User | null, observe: Observer): Promise<void> {
  await allow(match, { type: 'subscribe' }, user, observe);
  if (wanted.past) await allow(match, { type: 'history' }, user, observe);
  if (wanted.members) await allow(match, { type: 'members' }, user, observe);
}
