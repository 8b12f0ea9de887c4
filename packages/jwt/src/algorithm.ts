import type { KeyObject } from 'node:crypto';
import { RtError } from '@rt/protocol';

type SecretAlgorithm = 'HS256' | 'HS384' | 'HS512';
type RsaAlgorithm = 'RS256' | 'RS384' | 'RS512' | 'PS256' | 'PS384' | 'PS512';
type CurveAlgorithm = 'ES256' | 'ES384' | 'ES512' | 'EdDSA' | 'Ed25519';

/** How a token is signed. `none` is not among them. @see https://www.rfc-editor.org/rfc/rfc7518#section-3 */
export type Algorithm = SecretAlgorithm | RsaAlgorithm | CurveAlgorithm;

const secretAlgorithms: readonly Algorithm[] = ['HS256', 'HS384', 'HS512'];
const rsaAlgorithms: readonly Algorithm[] = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const edwardsAlgorithms: readonly Algorithm[] = ['EdDSA', 'Ed25519'];
const publicAlgorithms: readonly Algorithm[] = [...rsaAlgorithms, 'ES256', 'ES384', 'ES512', ...edwardsAlgorithms];

/** The algorithms that fit a key, and those of them that are taken without being asked for. */
export interface Fitting {
  /** The key in words, for messages. */
  readonly key: string;
  readonly all: readonly Algorithm[];
  readonly byDefault: readonly Algorithm[];
}

export const forSecret: Fitting = { key: 'a secret', all: secretAlgorithms, byDefault: ['HS256'] };

/** Never those of a secret: a public key is no secret, so whoever knows it could sign with them. */
export const forKeySet: Fitting = { key: 'a JWKS', all: publicAlgorithms, byDefault: publicAlgorithms };

const byCurve: Readonly<Record<string, Algorithm>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };

/** The algorithms of one public key, or `null` if tokens are not signed with its kind. */
export function forPublicKey({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): Fitting | null {
  if (asymmetricKeyType === 'rsa') return { key: 'an RSA key', all: rsaAlgorithms, byDefault: rsaAlgorithms };
  if (asymmetricKeyType === 'ed25519') {
    return { key: 'an Ed25519 key', all: edwardsAlgorithms, byDefault: edwardsAlgorithms };
  }
  const curve = asymmetricKeyDetails?.namedCurve ?? '';
  const only = byCurve[curve];
  return only === undefined ? null : { key: `a key of the curve ${curve}`, all: [only], byDefault: [only] };
}

/** The algorithms that tokens may be signed with. @throws RtError `option_invalid` */
export function chosenAlgorithms(
  asked: readonly Algorithm[] | undefined,
  { key, all, byDefault }: Fitting,
): readonly Algorithm[] {
  if (asked === undefined) return byDefault;
  const strange = asked.filter((one) => !all.includes(one));
  if (strange.length === 0 && asked.length > 0) return asked;
  const came = asked.length === 0 ? 'the list is empty' : `the list has ${strange.join(', ')}`;
  throw new RtError('option_invalid', `algorithms of ${key} must be some of ${all.join(', ')}, but ${came}`);
}
