import type { JsonWebKey } from 'node:crypto';
import { createPublicKey, createSecretKey, KeyObject } from 'node:crypto';
import { RtError } from '@rt/protocol';
import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';
import { createLocalJWKSet, createRemoteJWKSet } from 'jose';
import type { Algorithm } from './algorithm.ts';
import { chosenAlgorithms, forKeySet, forPublicKey, forSecret } from './algorithm.ts';

/** Where the keys are that tokens are checked with: exactly one of these. */
export type KeySource =
  | {
      /**
       * What the issuer and this server both know: at least 32 bytes (48 for HS384, 64 for HS512), a text as UTF-8.
       * `undefined` is refused when the hub is made, so that a missing environment variable is no open door.
       */
      readonly secret: string | Uint8Array | undefined;
    }
  | {
      /** The issuer's public key: RSA from 2048 bits, P-256, P-384, P-521 or Ed25519; a text in PEM. */
      readonly publicKey: string | JsonWebKey | KeyObject | undefined;
    }
  | {
      /**
       * The issuer's key set, or the URL where it is. From a URL it is fetched with the first token, kept for ten
       * minutes, and fetched again, at most every 30 seconds, for a key that it does not have. Name an `audience`
       * too: one issuer signs for many.
       */
      readonly jwks: string | URL | JSONWebKeySet | undefined;
    };

/** Keys ready to be looked up, and how tokens may be signed with them. */
export interface Keys {
  readonly algorithms: readonly Algorithm[];
  readonly find: JWTVerifyGetKey;
}

/** @throws RtError `option_invalid` */
export function keysOf(source: KeySource, asked: readonly Algorithm[] | undefined): Keys {
  const given = ['secret', 'publicKey', 'jwks'].filter((name) => Object.hasOwn(source, name));
  if (given.length !== 1) {
    throw invalid(`jwt needs one of secret, publicKey and jwks, but has ${given.join(' and ') || 'none of them'}`);
  }
  if ('secret' in source) return secretKeys(source.secret, asked);
  return 'publicKey' in source ? publicKeys(source.publicKey, asked) : keySet(source.jwks, asked);
}

function secretKeys(secret: string | Uint8Array | undefined, asked: readonly Algorithm[] | undefined): Keys {
  const algorithms = chosenAlgorithms(asked, forSecret);
  if (secret === undefined) throw invalid('secret is undefined; is the environment variable set?');
  if (typeof secret !== 'string' && !(secret instanceof Uint8Array)) {
    throw invalid(`secret must be a text or bytes, but was ${typeof secret}`);
  }
  const bytes = Buffer.from(secret);
  // A public key is known to everybody: taken for a secret, everybody could sign.
  if (bytes.subarray(0, 64).toString('latin1').trimStart().startsWith('-----BEGIN')) {
    throw invalid('secret is a key in PEM; pass it as publicKey');
  }
  const needed = Math.max(...algorithms.map((algorithm) => Number(algorithm.slice(2)) / 8));
  if (bytes.length < needed) {
    const longest = algorithms.join(', ');
    throw invalid(`secret must have at least ${needed} bytes for ${longest}, but has ${bytes.length}; make it random`);
  }
  const key = createSecretKey(bytes);
  return { algorithms, find: async () => key };
}

function publicKeys(given: string | JsonWebKey | KeyObject | undefined, asked: readonly Algorithm[] | undefined): Keys {
  if (given === undefined) throw invalid('publicKey is undefined; is the environment variable set?');
  const key = publicKey(given);
  const fitting = forPublicKey(key);
  const bits = key.asymmetricKeyDetails?.modulusLength ?? Infinity;
  if (fitting === null || bits < 2048) {
    const came = fitting === null ? (key.asymmetricKeyType ?? 'another kind') : `RSA of ${bits} bits`;
    throw invalid(`publicKey must be RSA from 2048 bits, P-256, P-384, P-521 or Ed25519, but is ${came}`);
  }
  return { algorithms: chosenAlgorithms(asked, fitting), find: async () => key };
}

function publicKey(given: string | JsonWebKey | KeyObject): KeyObject {
  if (isPrivate(given)) throw invalid('publicKey is a private key; whoever checks tokens needs the public one only');
  if (given instanceof KeyObject) {
    if (given.type === 'public') return given;
    throw invalid('publicKey is a secret; pass it as secret, in bytes');
  }
  try {
    return createPublicKey(typeof given === 'string' ? given : { key: given, format: 'jwk' });
  } catch (cause) {
    throw invalid(
      'publicKey cannot be read; it must be PEM that begins with "-----BEGIN", a JWK or a KeyObject',
      cause,
    );
  }
}

function isPrivate(given: string | JsonWebKey | KeyObject): boolean {
  if (given instanceof KeyObject) return given.type === 'private';
  return typeof given === 'string' ? given.includes('PRIVATE KEY') : given.d !== undefined;
}

function keySet(given: string | URL | JSONWebKeySet | undefined, asked: readonly Algorithm[] | undefined): Keys {
  if (given === undefined) throw invalid('jwks is undefined; is the environment variable set?');
  const algorithms = chosenAlgorithms(asked, forKeySet);
  if (typeof given === 'string' || given instanceof URL) {
    const url = URL.canParse(String(given)) ? new URL(given) : null;
    if (url !== null && /^https?:$/.test(url.protocol)) return { algorithms, find: createRemoteJWKSet(url) };
    throw invalid(`jwks must be an https URL or a key set, but was ${JSON.stringify(String(given).slice(0, 100))}`);
  }
  try {
    return { algorithms, find: createLocalJWKSet(given) };
  } catch (cause) {
    throw invalid('jwks must be {keys: [{kty, …}, …]}', cause);
  }
}

function invalid(message: string, cause?: unknown): RtError {
  return new RtError('option_invalid', message, cause === undefined ? {} : { cause });
}
