import { RtError } from '@rt/protocol';
import type { User } from '../channels/define-channel.ts';
import type { Settings } from '../options.ts';

/** Who a session is for, and until when. */
export interface Identity {
  readonly user: User | null;
  /** The id under which the user is counted, disconnected and revoked. */
  readonly userId: string | null;
  readonly expiresInMs: number | null;
}

/** A user as the host has resolved it. */
export function hostIdentity(user: User | null, { auth }: Settings): Identity {
  return { user, userId: auth.userId(user), expiresInMs: null };
}

/** Who a `connect` is for: the token's user, or the host's if it has brought none. @throws as {@link tokenIdentity} */
export async function connectIdentity(token: string | null, host: Identity, settings: Settings): Promise<Identity> {
  return token === null ? host : tokenIdentity(token, settings);
}

/** Who a token stands for. @throws RtError `tokens_unsupported`, `token_invalid`, `token_expired`, `rule_failed` */
export async function tokenIdentity(token: string, { auth, observe }: Settings): Promise<Identity> {
  if (auth.tokens === null) {
    throw new RtError(
      'tokens_unsupported',
      'a token came, and this app verifies none; leave it out, or set auth.tokens',
    );
  }
  let verified: Awaited<ReturnType<typeof auth.tokens>>;
  try {
    verified = await auth.tokens(token);
  } catch (cause) {
    // A token that is refused is nothing to report; one that could not be checked is.
    if (!(cause instanceof RtError) || cause.retryable) observe({ type: 'error', stage: 'token', cause });
    if (cause instanceof RtError) throw cause;
    throw new RtError('token_invalid', 'the token was refused', { cause });
  }
  if (verified === null) throw new RtError('token_invalid', 'the token was refused; get another one');
  const { user, expiresInMs = null } = verified;
  if (expiresInMs !== null && expiresInMs <= 0)
    throw new RtError('token_expired', 'the token has expired; get another one');
  return { user, userId: auth.userId(user), expiresInMs };
}
