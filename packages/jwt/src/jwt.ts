import type { User, VerifiedToken } from '@rt/core';
import { RtError } from '@rt/protocol';
import type { JWTPayload } from 'jose';
import { errors, jwtVerify } from 'jose';
import type { Algorithm } from './algorithm.ts';
import type { Keys, KeySource } from './key-source.ts';
import { keysOf } from './key-source.ts';
import type { Expected } from './refusal.ts';
import { expired, invalid, refusal } from './refusal.ts';
import { checkShape } from './token-shape.ts';

/** What a token says, once its signature has been found good. */
export type Claims = JWTPayload;

/** What a token must satisfy, beside its signature. */
export interface TokenChecks {
  /** Who must have issued it (`iss`): one of these. @default anybody who has the key */
  readonly issuer?: string | readonly string[];
  /** For whom it must have been issued (`aud`): one of these. @default anybody */
  readonly audience?: string | readonly string[];
  /** How it may be signed. @default HS256 for a secret; what fits the key for a public key; no HS* for a JWKS */
  readonly algorithms?: readonly Algorithm[];
  /** How far the issuer's clock may be off, in milliseconds. @default 5_000 */
  readonly clockToleranceMs?: number;
  /** The time, in milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

/**
 * Makes a user out of a token's claims. `null` refuses the token, and so does an `RtError` that it throws, which reaches
 * the client. Anything else that it throws is `rule_failed`: the client comes back later, and the observer is told.
 * Without it a user is `{ id: sub }`, so it may be left out only where that is a user.
 */
export type UserOption<OfUser> = { readonly id: string } extends OfUser
  ? { readonly user?: (claims: Claims) => OfUser | null | Promise<OfUser | null> }
  : { readonly user: (claims: Claims) => OfUser | null | Promise<OfUser | null> };

/** Options of {@link jwt}: one source of keys, what a token must satisfy, and who it stands for. */
export type JwtOptions = KeySource & TokenChecks & UserOption<User>;

/**
 * Verifies the tokens that clients bring: `createHub({ channels, auth: { tokens: jwt({ secret }) } })`. A session lasts
 * as long as its token (`exp`); one without `exp` does not expire.
 *
 * The verifier rejects with `token_expired` or `token_invalid`, and with what clients retry if the server is to blame:
 * `internal` if the key set could not be fetched, `rule_failed` if `user` threw.
 *
 * @throws RtError `option_invalid`, for keys and checks that cannot work or would let in everybody.
 */
export function jwt(options: JwtOptions): (token: string) => Promise<VerifiedToken> {
  const { clockToleranceMs = 5_000, now = Date.now } = options;
  const user: (claims: Claims) => unknown = options.user ?? subject;
  const keys = keysOf(options, options.algorithms);
  const expected: Expected = { issuers: texts(options, 'issuer'), audiences: texts(options, 'audience') };
  if (!Number.isFinite(clockToleranceMs) || clockToleranceMs < 0) {
    throw new RtError('option_invalid', `clockToleranceMs must be a number from 0, but was ${clockToleranceMs}`);
  }
  return async (token) => {
    checkShape(token, keys.algorithms);
    const nowMs = now();
    const claims = await verified(token, keys, expected, { nowMs, clockToleranceMs });
    const expiresInMs = claims.exp === undefined ? null : remaining(claims.exp, nowMs - clockToleranceMs);
    const found = await resolved(user, claims);
    if (found === null || found === undefined) throw invalid('it stands for nobody that the app knows');
    return expiresInMs === null ? { user: found as User } : { user: found as User, expiresInMs };
  };
}

/** The user that the app makes. @throws RtError its own, or `rule_failed` */
async function resolved(user: (claims: Claims) => unknown, claims: Claims): Promise<unknown> {
  try {
    return await user(claims);
  } catch (cause) {
    if (cause instanceof RtError) throw cause;
    // The token is good: a database that is away must not log everybody out.
    throw new RtError('rule_failed', 'the user option of jwt threw; see the server’s log', { cause });
  }
}

interface Moment {
  readonly nowMs: number;
  readonly clockToleranceMs: number;
}

async function verified(token: string, keys: Keys, expected: Expected, moment: Moment): Promise<Claims> {
  const options = {
    algorithms: [...keys.algorithms],
    ...(expected.issuers.length > 0 && { issuer: [...expected.issuers] }),
    ...(expected.audiences.length > 0 && { audience: [...expected.audiences] }),
    clockTolerance: moment.clockToleranceMs / 1000,
    currentDate: new Date(moment.nowMs),
  };
  try {
    return (await jwtVerify(token, keys.find, options)).payload;
  } catch (cause) {
    if (!(cause instanceof errors.JWKSMultipleMatchingKeys)) throw refusal(cause, expected);
    // Without a `kid` several keys may fit: the token is good if one of them has signed it.
    for await (const key of cause) {
      try {
        return (await jwtVerify(token, key, options)).payload;
      } catch (other) {
        if (!(other instanceof errors.JWSSignatureVerificationFailed)) throw refusal(other, expected);
      }
    }
    throw refusal(new errors.JWSSignatureVerificationFailed(), expected);
  }
}

/** The milliseconds until `exp`, whole so that they can be told. @throws RtError `token_expired` */
function remaining(exp: number, nowMs: number): number {
  const ms = Math.min(Math.ceil(exp * 1000 - nowMs), Number.MAX_SAFE_INTEGER);
  if (ms <= 0) throw expired();
  return ms;
}

function subject({ sub }: Claims): { readonly id: string } {
  if (typeof sub === 'string' && sub !== '') return { id: sub };
  throw invalid('sub must name its user, but is missing');
}

/** One text or several, and none if the option is not there. @throws RtError `option_invalid` */
function texts(options: TokenChecks, name: 'issuer' | 'audience'): readonly string[] {
  if (!Object.hasOwn(options, name)) return [];
  const value: unknown = options[name];
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  // An option that is there and empty would check nothing.
  if (all.length > 0 && all.every((one) => typeof one === 'string' && one !== '')) return all as readonly string[];
  throw new RtError(
    'option_invalid',
    `${name} must be a text or a list of texts, but was ${JSON.stringify(value) ?? 'undefined; is the environment variable set?'}`,
  );
}
