import type { KeyObject } from 'node:crypto';
import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { SignJWT } from 'jose';

/** Somebody who makes tokens. */
export interface Signer {
  readonly alg: string;
  readonly privateKey: KeyObject;
  /** What a server checks with; the secret itself for HS*. */
  readonly publicKey: KeyObject;
}

export const secret = 'a secret of 32 bytes, or of more';
/** The time in these tests: 2026-01-01. */
export const nowMs = 1_767_225_600_000;
export const nowS = nowMs / 1000;

const secretKey = createSecretKey(Buffer.from(secret));
const edwards = generateKeyPairSync('ed25519');

export const signers = {
  HS256: { alg: 'HS256', privateKey: secretKey, publicKey: secretKey },
  RS256: { alg: 'RS256', ...generateKeyPairSync('rsa', { modulusLength: 2048 }) },
  ES256: { alg: 'ES256', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) },
  ES384: { alg: 'ES384', ...generateKeyPairSync('ec', { namedCurve: 'P-384' }) },
  EdDSA: { alg: 'EdDSA', ...edwards },
  Ed25519: { alg: 'Ed25519', ...edwards },
} satisfies Readonly<Record<string, Signer>>;

/** A token of Ada's for an hour, unless the claims say otherwise. */
export function token(
  { alg, privateKey }: Signer,
  claims: JWTPayload = {},
  header: { readonly kid?: string } = {},
): Promise<string> {
  return new SignJWT({ sub: 'ada', exp: nowS + 3600, ...claims })
    .setProtectedHeader({ alg, typ: 'JWT', ...header })
    .sign(privateKey);
}

/** Three parts of a token out of anything, signed by nobody. */
export function forged(header: unknown, claims: unknown, signature = 'AAAA'): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(claims)}.${signature}`;
}
