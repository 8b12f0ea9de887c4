import { RtError } from '@rt/protocol';
import type { User } from './channels/define-channel.ts';

/** Who a token stands for. */
export interface VerifiedToken {
  readonly user: User | null;
  /** How long the token is still good for. Without it the session does not expire. */
  readonly expiresInMs?: number;
}

/**
 * Says who a token stands for. The user is the session's from then on, in the place of the host's. It refuses by
 * throwing or by `null`; an `RtError` (`token_invalid`, `token_expired`) reaches the client as it is.
 */
export type TokenVerifier = (token: string) => VerifiedToken | null | Promise<VerifiedToken | null>;

/** Who a client is, and from which sites it may come. */
export interface AuthOptions {
  /** Verifies the tokens that clients bring; without it a client that brings one is refused. */
  readonly tokens?: TokenVerifier;
  /**
   * The id under which a user is counted, disconnected and revoked, or `null` for one who has none.
   * @default the user itself if it is a text or a number, else its `id`
   */
  readonly userId?: (user: User) => string | null;
  /**
   * The sites that may open WebSockets and post: `'same'` for the site of this server alone, `'any'`, or that and a
   * list of origins like `https://app.example.com`. Requests that come from no browser are not concerned.
   * @default 'same'
   */
  readonly origins?: 'same' | 'any' | readonly string[];
}

/** The options with every default filled in. */
export interface Auth {
  readonly tokens: TokenVerifier | null;
  readonly userId: (user: User | null) => string | null;
  readonly origins: 'any' | ReadonlySet<string>;
}

/** @throws RtError `option_invalid` */
export function auth({ tokens, userId = ownId, origins = 'same' }: AuthOptions): Auth {
  return {
    tokens: tokens ?? null,
    userId: (user) => (user === null || user === undefined ? null : userId(user)),
    origins: origins === 'any' ? 'any' : new Set(origins === 'same' ? [] : origins.map(checkedOrigin)),
  };
}

function ownId(user: unknown): string | null {
  const id: unknown = typeof user === 'object' && user !== null && 'id' in user ? user.id : user;
  return typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint' ? String(id) : null;
}

function checkedOrigin(text: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/\s]+$/i.test(text)) return text.toLowerCase();
  throw new RtError(
    'option_invalid',
    `auth.origins must be 'same', 'any' or origins like "https://app.example.com", but one was ${JSON.stringify(text)}`,
  );
}
