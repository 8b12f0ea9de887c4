import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { jwt } from '@rt/jwt';
import { generateKeyPairSync } from 'node:crypto';
import type { Signer } from './signer.ts';
import { forged, nowMs, secret, signers, token } from './signer.ts';

const now = (): number => nowMs;
const keyOf = ({ publicKey }: Signer, more: object = {}): object => ({
  ...publicKey.export({ format: 'jwk' }),
  ...more,
});
const other: Signer = { alg: 'ES256', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) };

/** A server whose key set can be changed, and that counts how often it was fetched. */
async function issuer(): Promise<{
  readonly url: string;
  fetched: number;
  answer: { status: number; body: string };
}> {
  const state = { url: '', fetched: 0, answer: { status: 200, body: '{"keys":[]}' } };
  const server = createServer((_, response) => {
    state.fetched += 1;
    response.writeHead(state.answer.status, { 'content-type': 'application/json' }).end(state.answer.body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
  return state;
}

describe('a key set', () => {
  test('finds the key by kid, by kind, and by trying where several fit', async () => {
    const named = [keyOf(other, { kid: 'other' }), keyOf(signers.ES256, { kid: 'mine' }), keyOf(signers.RS256)];
    const verify = jwt({ jwks: { keys: named } as never, now });
    const good = { user: { id: 'ada' } };
    expect(await verify(await token(signers.ES256, {}, { kid: 'mine' }))).toMatchObject(good);
    expect(await verify(await token(signers.ES256))).toMatchObject(good);
    expect(await verify(await token(signers.RS256))).toMatchObject(good);
    await expect(verify(await token(signers.ES256, {}, { kid: 'other' }))).rejects.toThrow(/signature does not fit/);
    await expect(verify(await token(signers.ES256, {}, { kid: 'gone' }))).rejects.toThrow(/^token_invalid: .*kid/);
    await expect(verify(await token(signers.EdDSA))).rejects.toThrow(/^token_invalid/);
    const third: Signer = { alg: 'ES256', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
    await expect(verify(await token(third))).rejects.toThrow(/^token_invalid: .*signature does not fit/);
    await expect(verify(await token(signers.ES256, { exp: 1 }))).rejects.toMatchObject({ code: 'token_expired' });
  });

  test('holds no secrets', async () => {
    const k = Buffer.from(secret).toString('base64url');
    const verify = jwt({ jwks: { keys: [{ kty: 'oct', k, alg: 'HS256' }] }, now });
    await expect(verify(await token(signers.HS256))).rejects.toThrow(/must be signed with .* says HS256/);
  });

  test('is fetched with the first token, and not for garbage', async () => {
    const server = await issuer();
    server.answer.body = JSON.stringify({ keys: [keyOf(signers.ES256)] });
    const verify = jwt({ jwks: server.url, now });
    for (const text of ['', 'a.b.c', forged({ alg: 'none' }, {}), await token(signers.HS256)]) {
      await expect(verify(text)).rejects.toMatchObject({ code: 'token_invalid' });
    }
    expect(server.fetched).toBe(0);
    const text = await token(signers.ES256);
    const all = await Promise.all([verify(text), verify(text), verify(text)]);
    expect(all.map((one) => one.user)).toEqual([{ id: 'ada' }, { id: 'ada' }, { id: 'ada' }]);
    expect(server.fetched).toBe(1);
    // Made-up kids do not make it fetch again and again.
    for (const kid of ['a', 'b', 'c']) await expect(verify(await token(other, {}, { kid }))).rejects.toThrow(/kid/);
    expect(server.fetched).toBe(1);
  });

  test.each([
    [500, ''],
    [200, 'not JSON'],
    [200, '{"keys":7}'],
  ])('that is answered with %d %j is not the client’s fault, and is had when it is there', async (status, body) => {
    const server = await issuer();
    const good = server.answer.body.replace('[]', `[${JSON.stringify(keyOf(signers.ES256))}]`);
    server.answer = { status, body };
    const verify = jwt({ jwks: new URL(server.url), now });
    const text = await token(signers.ES256);
    await expect(verify(text)).rejects.toMatchObject({ code: 'internal', retryable: true, cause: expect.any(Error) });
    server.answer = { status: 200, body: good };
    expect(await verify(text)).toMatchObject({ user: { id: 'ada' } });
  });

  test('whose server is not there is not the client’s fault', async () => {
    const gone = createServer();
    await once(gone.listen(0, '127.0.0.1'), 'listening');
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    const verify = jwt({ jwks: `http://127.0.0.1:${port}/`, now });
    await expect(verify(await token(signers.ES256))).rejects.toMatchObject({ code: 'internal', retryable: true });
  });
});
