import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { VerifiedToken } from '@rt/core';
import { RtError } from '@rt/protocol';
import type { JwtOptions } from '@rt/jwt';
import { jwt } from '@rt/jwt';
import { forged, nowMs, nowS, secret, signers, token } from './signer.ts';

const now = (): number => nowMs;

/** Verifies with HS256 unless the options name another key. */
async function verified(text: string, options: Partial<JwtOptions> = {}): Promise<VerifiedToken> {
  const keys = 'publicKey' in options || 'jwks' in options ? {} : { secret };
  return jwt({ ...keys, now, ...options } as JwtOptions)(text);
}

/** The error with which a token is refused; it MUST be coded, and hold none of the token. */
async function refused(text: string, options?: Partial<JwtOptions>): Promise<RtError> {
  const error: unknown = await verified(text, options).then(
    () => 'it was taken',
    (cause: unknown) => cause,
  );
  if (!(error instanceof RtError)) throw new Error('not refused with an RtError', { cause: error });
  for (const part of text.split('.').filter(({ length }) => length > 8)) {
    expect(JSON.stringify([error.message, String(error.cause), error.stack])).not.toContain(part);
  }
  return error;
}

const forever: object = { exp: undefined };
const hourly = { user: { id: 'ada' }, expiresInMs: 3_605_000 };

describe('a good token', () => {
  test('of a secret', async () => {
    const text = await token(signers.HS256);
    expect(await verified(text)).toEqual(hourly);
    expect(await verified(text, { secret: Buffer.from(secret) })).toEqual(hourly);
  });

  test.each([signers.RS256, signers.ES256, signers.ES384, signers.EdDSA, signers.Ed25519])(
    'of $alg, whose public key comes in any form',
    async (signer) => {
      const { publicKey } = signer;
      const text = await token(signer);
      const forms = [
        publicKey,
        publicKey.export({ type: 'spki', format: 'pem' }).toString(),
        publicKey.export({ format: 'jwk' }),
      ];
      for (const form of forms) expect(await verified(text, { publicKey: form })).toEqual(hourly);
    },
  );

  test('of PS256, as an RSA key may sign with it', async () => {
    const { privateKey, publicKey } = signers.RS256;
    expect(await verified(await token({ alg: 'PS256', privateKey, publicKey }), { publicKey })).toEqual(hourly);
  });

  test('without exp does not expire', async () => {
    expect(await verified(await token(signers.HS256, { ...forever }))).toEqual({
      user: { id: 'ada' },
    });
  });

  test('of the right issuer and audience, one of several', async () => {
    const text = await token(signers.HS256, { iss: 'me', aud: ['chat', 'mail'] });
    expect(await verified(text, { issuer: 'me', audience: 'chat' })).toEqual(hourly);
    expect(await verified(text, { issuer: ['you', 'me'], audience: ['news', 'mail'] })).toEqual(hourly);
  });

  test('becomes the user that the app makes of it', async () => {
    const text = await token(signers.HS256, { rooms: ['a'] });
    const user: JwtOptions['user'] = async ({ sub, rooms }) => ({ name: sub, rooms });
    expect(await verified(text, { user })).toEqual({ user: { name: 'ada', rooms: ['a'] }, expiresInMs: 3_605_000 });
  });
});

describe('time', () => {
  // RT-PERM-8
  test('what is left is whole, and never more than a number can say', async () => {
    expect(await verified(await token(signers.HS256, { exp: nowS + 1.2345 }))).toMatchObject({ expiresInMs: 6235 });
    const { expiresInMs } = await verified(await token(signers.HS256, { exp: 1e300 }));
    expect(expiresInMs).toBe(Number.MAX_SAFE_INTEGER);
  });

  test('within the tolerance a token is taken, and has something left', async () => {
    const text = await token(signers.HS256, { exp: nowS - 4 });
    expect(await verified(text)).toMatchObject({ expiresInMs: 1000 });
    expect(await refused(text, { clockToleranceMs: 0 })).toMatchObject({ code: 'token_expired' });
  });

  test('what is left is of the time to the millisecond', async () => {
    const text = await token(signers.HS256, { exp: nowS + 0.5 });
    const at = (ms: number): Promise<VerifiedToken> => {
      return jwt({ secret, clockToleranceMs: 0, now: () => nowMs + ms })(text);
    };
    expect(await at(499)).toMatchObject({ expiresInMs: 1 });
    for (const ms of [500, 999]) await expect(at(ms)).rejects.toMatchObject({ code: 'token_expired' });
  });

  // RT-PERM-9
  test.each([nowS - 5, nowS - 5.0001, nowS - 3600, 0, -1])('expired at %d', async (exp) => {
    expect(await refused(await token(signers.HS256, { exp }))).toMatchObject({ code: 'token_expired' });
  });

  test('an expired token of another key is not said to be expired', async () => {
    const text = await token(signers.HS256, { exp: nowS - 3600 });
    expect(await refused(text, { secret: 'x'.repeat(32) })).toMatchObject({ code: 'token_invalid' });
  });

  test('not valid yet', async () => {
    const text = await token(signers.HS256, { nbf: nowS + 6 });
    expect((await refused(text)).message).toMatch(/^token_invalid: .*not valid yet/);
    expect(await verified(text, { clockToleranceMs: 6000 })).toMatchObject({ user: { id: 'ada' } });
  });
});

describe('refused with token_invalid', () => {
  test.each<[string, Partial<JwtOptions>, RegExp]>([
    ['another issuer', { issuer: 'me' }, /iss must be "me", but was "you"/],
    ['another audience', { audience: ['chat', 'mail'] }, /aud must be "chat" or "mail", but was \["news"\]/],
    ['another secret', { secret: 'x'.repeat(32) }, /signature does not fit/],
    ['an algorithm that was not asked for', { algorithms: ['HS384'], secret: 'x'.repeat(48) }, /HS384.* says HS256/],
    ['a user the app does not know', { user: () => null }, /nobody that the app knows/],
    ['a user that is forgotten to return', { user: () => undefined }, /nobody that the app knows/],
  ])('%s', async (_, options, message) => {
    const error = await refused(await token(signers.HS256, { iss: 'you', aud: ['news'] }), options);
    expect(error).toMatchObject({ code: 'token_invalid', retryable: false });
    expect(error.message).toMatch(message);
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ['no issuer', { aud: 'chat' }, /iss must be "me", but was missing/],
    ['no audience', { iss: 'me' }, /aud must be "chat", but was missing/],
    ['no subject', { iss: 'me', aud: 'chat', sub: undefined }, /sub/],
    ['an empty subject', { iss: 'me', aud: 'chat', sub: '' }, /sub/],
    ['a long issuer', { iss: 'x'.repeat(1000), aud: 'chat' }, /…/],
  ])('%s', async (_, claims, message) => {
    const error = await refused(await token(signers.HS256, claims), { issuer: 'me', audience: 'chat' });
    expect(error.code).toBe('token_invalid');
    expect(error.message).toMatch(message);
    expect(error.message.length).toBeLessThan(300);
  });

  // RT-PERM-9
  test('a public key taken for a secret', async () => {
    const { publicKey } = signers.RS256;
    const { publicKey: other } = signers.EdDSA;
    for (const key of [publicKey, other]) {
      for (const bytes of [
        key.export({ type: 'spki', format: 'pem' }),
        key.export({ type: 'spki', format: 'der' }),
        JSON.stringify(key.export({ format: 'jwk' })),
      ]) {
        for (const alg of ['HS256', 'HS384', 'HS512']) {
          const signed = forged({ alg, typ: 'JWT' }, { sub: 'ada' }, '').slice(0, -1);
          const mac = createHmac(`sha${alg.slice(2)}`, bytes)
            .update(signed)
            .digest('base64url');
          const text = `${signed}.${mac}`;
          expect((await refused(text, { publicKey: key })).message).toMatch(/must be signed with .* says HS/);
          const jwks = { keys: [{ ...key.export({ format: 'jwk' }), kty: 'RSA' }] };
          expect(await refused(text, { jwks } as Partial<JwtOptions>)).toMatchObject({ code: 'token_invalid' });
        }
      }
    }
  });

  // RT-PERM-9
  test.each(['none', 'None', 'NONE', 'nOnE', '', null, 1, ['HS256'], undefined])('alg %j', async (alg) => {
    for (const text of [
      forged({ alg }, { sub: 'ada' }),
      forged({ alg }, { sub: 'ada' }, ''),
      forged({ alg }, { sub: 'ada' }, '').slice(0, -1),
    ]) {
      expect(await refused(text)).toMatchObject({ code: 'token_invalid' });
      expect(await refused(text, { publicKey: signers.ES256.publicKey })).toMatchObject({ code: 'token_invalid' });
    }
  });

  // RT-PERM-9
  test('anything that is changed after it was signed', async () => {
    for (const signer of [signers.HS256, signers.ES256]) {
      const text = await token(signer);
      const keys: Partial<JwtOptions> = signer === signers.HS256 ? { secret } : { publicKey: signer.publicKey };
      expect(await verified(text, keys)).toEqual(hourly);
      const [head = '', , signature = ''] = text.split('.');
      const other = Buffer.from(JSON.stringify({ sub: 'bob', exp: nowS + 3600 })).toString('base64url');
      expect((await refused(`${head}.${other}.${signature}`, keys)).message).toMatch(/signature does not fit/);
      for (let at = 0; at < text.length; at += 1) {
        const changed = `${text.slice(0, at)}${text[at] === 'A' ? 'g' : 'A'}${text.slice(at + 1)}`;
        // The last letter of a part has bits that no byte takes: another letter there may be the same token.
        const end = at + 1 === text.length || text[at + 1] === '.';
        if (!end) expect(await refused(changed, keys)).toMatchObject({ code: 'token_invalid' });
      }
    }
  });

  test('a good token that is too long', async () => {
    const text = await token(signers.HS256, { more: 'x'.repeat(7000) });
    expect((await refused(text)).message).toMatch(/^token_invalid: a token has up to 8192 characters, and this has 9/);
  });

  test('an algorithm that is no name is not shown', async () => {
    for (const alg of ['a-password-of-mine', 'p@ss', 'two words', '']) {
      const { message } = await refused(forged({ alg }, { sub: 'ada' }));
      expect(message).toMatch(/must be signed with HS256, but its header says no algorithm$/);
    }
  });

  test.each([
    ['nothing', ''],
    ['dots', '..'],
    ['five parts', 'a.b.c.d.e'],
    ['a space before it', ` ${forged({ alg: 'HS256' }, {})}`],
    ['a line break after it', `${forged({ alg: 'HS256' }, {})}\n`],
    ['padding', `${forged({ alg: 'HS256' }, {})}=`],
    ['a scheme before it', `Bearer ${forged({ alg: 'HS256' }, {})}`],
    ['a header that is a list', forged(['HS256'], {})],
    ['a header that is null', forged(null, {})],
    ['a critical extension', forged({ alg: 'HS256', crit: ['x'], x: 1 }, {})],
    ['an unencoded payload', forged({ alg: 'HS256', crit: ['b64'], b64: false }, {})],
  ])('%s', async (_, text) => {
    expect(await refused(text)).toMatchObject({ code: 'token_invalid' });
  });

  test('what is no text at all', async () => {
    for (const value of [undefined, null, 1, {}, []]) {
      await expect(jwt({ secret })(value as unknown as string)).rejects.toMatchObject({ code: 'token_invalid' });
    }
  });

  test.each([
    ['exp', { exp: '2030' }],
    ['nbf', { nbf: '1' }],
    ['iat', { iat: null }],
  ])('%s that is no number, with a good signature', async (name, claims) => {
    const head = forged({ alg: 'HS256' }, { sub: 'ada', ...claims }, '').slice(0, -1);
    const text = `${head}.${createHmac('sha256', secret).update(head).digest('base64url')}`;
    expect((await refused(text)).message).toMatch(new RegExp(`^token_invalid: .*${name} must be a number`));
  });

  test('claims that are no object, with a good signature', async () => {
    for (const claims of [null, [], 'ada', 1]) {
      const head = forged({ alg: 'HS256' }, claims, '').slice(0, -1);
      const text = `${head}.${createHmac('sha256', secret).update(head).digest('base64url')}`;
      expect(await refused(text)).toMatchObject({ code: 'token_invalid' });
    }
  });
});

test('what the app throws is not the client’s fault, unless it says so with an error of ours', async () => {
  const bug = new TypeError('claims.rooms is undefined');
  const text = await token(signers.HS256);
  for (const user of [() => Promise.reject(bug), thrower(bug)]) {
    await expect(jwt({ secret, now, user })(text)).rejects.toMatchObject({
      code: 'rule_failed',
      retryable: true,
      message: expect.not.stringContaining(bug.message),
      cause: bug,
    });
  }
  const own = new RtError('token_invalid', 'ada has left the company');
  for (const user of [() => Promise.reject(own), thrower(own)]) {
    await expect(jwt({ secret, now, user })(text)).rejects.toBe(own);
  }
});

function thrower(error: Error): () => never {
  return () => {
    throw error;
  };
}
