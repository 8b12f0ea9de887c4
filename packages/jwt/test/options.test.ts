import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, expectTypeOf, test } from 'vitest';
import type { TokenVerifier } from '@rt/core';
import { RtError } from '@rt/protocol';
import type { Claims, JwtOptions, UserOption } from '@rt/jwt';
import { jwt } from '@rt/jwt';
import { secret, signers } from './signer.ts';

const pem = signers.RS256.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const privatePem = signers.RS256.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
const unfit = generateKeyPairSync('x25519').publicKey;
const curve = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey;

describe('what cannot work, or would let in everybody, is refused when it is written', () => {
  test.each<[string, object, RegExp]>([
    ['no key', {}, /one of secret, publicKey and jwks, but has none/],
    ['two keys', { secret, publicKey: pem }, /but has secret and publicKey/],
    ['a variable that is not set', { secret: undefined }, /secret is undefined; is the environment variable set/],
    ['the same for a public key', { publicKey: undefined }, /publicKey is undefined/],
    ['the same for a key set', { jwks: undefined }, /jwks is undefined/],
    ['an empty secret', { secret: '' }, /at least 32 bytes for HS256, but has 0/],
    ['a short secret', { secret: 'x'.repeat(31) }, /at least 32 bytes for HS256, but has 31/],
    ['a secret too short for what it signs', { secret: 'x'.repeat(63), algorithms: ['HS256', 'HS512'] }, /64 bytes/],
    ['a secret that is no text', { secret: 7 }, /text or bytes, but was number/],
    ['a public key as a secret', { secret: pem }, /pass it as publicKey/],
    ['the same in bytes, after a line break', { secret: Buffer.from(`\n${pem}`) }, /pass it as publicKey/],
    ['a private key', { publicKey: privatePem }, /private key/],
    ['a private key as an object', { publicKey: signers.ES256.privateKey }, /private key/],
    ['a private JWK', { publicKey: signers.ES256.privateKey.export({ format: 'jwk' }) }, /private key/],
    ['a secret as a public key', { publicKey: signers.HS256.publicKey }, /pass it as secret/],
    ['a public key that is none', { publicKey: secret }, /cannot be read/],
    ['a JWK that is none', { publicKey: { kty: 'RSA' } }, /cannot be read/],
    ['an RSA key of 1024 bits', { publicKey: short }, /RSA of 1024 bits/],
    ['a key that does not sign', { publicKey: unfit }, /but is x25519/],
    ['a curve that tokens do not use', { publicKey: curve }, /but is ec/],
    ['a key set that is none', { jwks: {} }, /\{keys: /],
    ['a URL that is none', { jwks: 'id.example.com' }, /https URL/],
    ['a file as a URL', { jwks: 'file:///keys.json' }, /https URL/],
    ['the algorithm none', { secret, algorithms: ['none'] }, /HS256, HS384, HS512, but the list has none/],
    ['no algorithm', { secret, algorithms: [] }, /the list is empty/],
    ['HS256 with a public key', { publicKey: pem, algorithms: ['RS256', 'HS256'] }, /an RSA key .* the list has HS256/],
    ['HS256 with a key set', { jwks: { keys: [] }, algorithms: ['HS256'] }, /a JWKS .* the list has HS256/],
    ['RS256 with a secret', { secret, algorithms: ['RS256'] }, /a secret .* the list has RS256/],
    ['ES384 with P-256', { publicKey: signers.ES256.publicKey, algorithms: ['ES384'] }, /prime256v1 .* ES256/],
    ['an issuer that is not set', { secret, issuer: undefined }, /issuer .* is the environment variable set/],
    ['an empty audience', { secret, audience: '' }, /audience must be a text/],
    ['no audiences', { secret, audience: [] }, /audience must be a text/],
    ['an audience that is no text', { secret, audience: ['a', 7] }, /audience must be a text/],
    ['a tolerance below 0', { secret, clockToleranceMs: -1 }, /clockToleranceMs/],
    ['an endless tolerance', { secret, clockToleranceMs: Infinity }, /clockToleranceMs/],
  ])('%s', (_, options, message) => {
    const make = (): TokenVerifier => jwt(options as JwtOptions);
    expect(make).toThrow(RtError);
    expect(make).toThrow(/^option_invalid/);
    expect(make).toThrow(message);
    // Neither a secret nor a key is shown.
    expect(make).toThrow(expect.objectContaining({ message: expect.not.stringContaining(secret) }));
    expect(make).toThrow(expect.objectContaining({ message: expect.not.stringContaining('MII') }));
  });

  test('types ask for `user` where the app’s users are more than an id', () => {
    type Made<OfUser> = (claims: Claims) => OfUser | null | Promise<OfUser | null>;
    interface Member {
      readonly id: string;
      readonly rooms: readonly string[];
    }
    expectTypeOf<UserOption<unknown>>().toEqualTypeOf<{ readonly user?: Made<unknown> }>();
    expectTypeOf<UserOption<{ readonly id: string }>>().toEqualTypeOf<{
      readonly user?: Made<{ readonly id: string }>;
    }>();
    expectTypeOf<UserOption<Member>>().toEqualTypeOf<{ readonly user: Made<Member> }>();
    expectTypeOf(jwt({ secret })).toExtend<TokenVerifier>();
  });
});
