import { RtError } from '@rt/protocol';
import { errors } from 'jose';

/** What a token must say, for messages. */
export interface Expected {
  readonly issuers: readonly string[];
  readonly audiences: readonly string[];
}

/** Why a token was refused, in our words. Neither the message nor its cause holds any of the token's text. */
export function refusal(cause: unknown, expected: Expected): RtError {
  if (cause instanceof errors.JWTExpired) return expired();
  if (cause instanceof errors.JWTClaimValidationFailed) return invalid(claimFault(cause, expected));
  if (cause instanceof errors.JWSSignatureVerificationFailed) {
    return invalid('its signature does not fit: it was changed, or signed with another key');
  }
  if (cause instanceof errors.JWKSNoMatchingKey) {
    return invalid('the key set has no key of its kid and alg: it is of another issuer, or its key was taken back');
  }
  if (
    cause instanceof errors.JWSInvalid ||
    cause instanceof errors.JWTInvalid ||
    cause instanceof errors.JOSENotSupported ||
    cause instanceof errors.JOSEAlgNotAllowed
  ) {
    return invalid('it is not a JWT that this server understands; its header or its claims are malformed');
  }
  // The client is not to blame, and comes back with the same token.
  return new RtError('internal', 'the keys for tokens could not be had; come back later', { cause });
}

export function expired(): RtError {
  return new RtError('token_expired', 'the token must not be past its exp, and it is; get another one');
}

export function invalid(why: string): RtError {
  return new RtError('token_invalid', `the token was refused: ${why}; get another one`);
}

function claimFault({ claim, reason, payload }: errors.JWTClaimValidationFailed, expected: Expected): string {
  if (reason === 'invalid') return `${claim} must be a number`;
  if (claim === 'nbf') return 'it is not valid yet (nbf); the clocks may differ';
  const wanted = claim === 'iss' ? expected.issuers : claim === 'aud' ? expected.audiences : [];
  return `${claim} must be ${wanted.map((one) => JSON.stringify(one)).join(' or ')}, but was ${shown(payload[claim])}`;
}

function shown(value: unknown): string {
  const text = value === undefined ? 'missing' : JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
