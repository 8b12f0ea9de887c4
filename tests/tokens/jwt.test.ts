import { createServer } from 'node:http';
import type { HubEvent } from '@rt/core';
import type { Claims } from '@rt/jwt';
import { jwt } from '@rt/jwt';
import { attach, realtime } from '@rt/node';
import type { Opened } from '@rt/testkit';
import { openOverWebSocket } from '@rt/testkit';
import { SignJWT } from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import { listening } from '../support/listen.ts';
import { testHub } from '../support/hub.ts';

const secret = 'a secret of 32 bytes, or of more';

function signed(expiresInS: number, by: string = secret): Promise<string> {
  return new SignJWT({ sub: 'ada', exp: Math.floor(Date.now() / 1000) + expiresInS })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from(by));
}

const subject = ({ sub }: Claims): string | null => sub ?? null;

/** Connects with a token to a hub on the clock of the platform, and notes in `events` what the hub tells. */
async function opened(
  token: string,
  { user = subject, events = [] }: { readonly user?: typeof subject; readonly events?: HubEvent[] } = {},
): Promise<Opened> {
  const { hub, events: told } = testHub({ auth: { tokens: jwt({ secret, user }) } });
  const rt = realtime(hub, { user: () => null });
  const server = createServer((request, response) => void rt(request, response));
  attach(server);
  const { port, close } = await listening(server);
  onTestFinished(async () => {
    await hub.close({ withinMs: 0 });
    await close();
  });
  const session = await openOverWebSocket({ port, connect: { type: 'connect', id: 1, token } });
  events.push(...told);
  return session;
}

// RT-PERM-7
test('a session is for whom its token names, and lasts as long', async () => {
  const session = await opened(await signed(3600));
  if (session.type === 'refused') throw new Error(session.error.message);
  const { client } = session;
  const [connected] = client.frames;
  const left = connected?.type === 'connected' ? connected.expiresInMs : null;
  expect(left).toBeGreaterThan(3_590_000);
  expect(left).toBeLessThanOrEqual(3_605_000);
  const answer = await client.ask({ type: 'subscribe', channel: 'own:ada' });
  expect(answer.type).toBe('subscribed');
});

// RT-PERM-9
test.each([
  ['of another secret', () => signed(3600, 'x'.repeat(32)), 'token_invalid'],
  ['that has expired', () => signed(-60), 'token_expired'],
  ['that is garbage', async () => 'garbage', 'token_invalid'],
])('a token %s opens nothing', async (_, make, code) => {
  const session = await opened(await make());
  expect(session.type === 'refused' && session.error.code).toBe(code);
});

// A timer of the platform is over at once if it is longer than 2^31 - 1 milliseconds.
// RT-PERM-8
test('a token for half a year is not over at once', async () => {
  const session = await opened(await signed(180 * 24 * 3600));
  if (session.type === 'refused') throw new Error(session.error.message);
  const { client } = session;
  for (let n = 0; n < 20; n += 1) expect((await client.ask({ type: 'ping' })).type).toBe('pong');
});

// RT-PERM-14
test('where the app cannot say who it is, a good token is to be tried again, and the app is told why', async () => {
  const events: HubEvent[] = [];
  const cause = new Error('the database is away');
  const user = (): never => {
    throw cause;
  };
  const session = await opened(await signed(3600), { user, events });
  expect(session).toMatchObject({ type: 'refused', error: { code: 'rule_failed', retryable: true } });
  expect(JSON.stringify(session)).not.toContain('database');
  const errors = events.filter((event) => event.type === 'error');
  expect(errors).toMatchObject([{ stage: 'token', cause: { code: 'rule_failed', cause } }]);
});
