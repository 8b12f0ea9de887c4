import { RtError } from '@rt/protocol';
import type { Observer } from '../observe/observer.ts';
import type { User } from './define-channel.ts';
import type { Match } from './registry.ts';

/**
 * Asks the channel's subscribe rule. Resolves if it allows.
 *
 * @throws RtError `subscribe_denied` if it does not, `rule_failed` if it throws; the observer is given the cause.
 */
export async function mayRead(match: Match, user: User | null, observe: Observer): Promise<void> {
  const rule = match.definition.subscribe;
  if (rule === 'anyone') return;
  let allowed: unknown = false;
  if (rule !== 'nobody') {
    try {
      allowed = await rule({ user, params: match.params, channel: match.channel });
    } catch (cause) {
      observe({ type: 'error', stage: 'rule', cause });
      throw new RtError(
        'rule_failed',
        `the subscribe rule of "${match.definition.pattern.text}" threw; see the server's log`,
        {
          cause,
        },
      );
    }
  }
  if (allowed !== true) {
    const hint =
      rule === 'nobody' ? 'its definition has no subscribe rule' : 'its subscribe rule did not allow this user';
    throw new RtError('subscribe_denied', `"${match.channel}" may not be read: ${hint}`);
  }
}
