import { rawRequest } from '@rt/testkit';
import { expect, test } from 'vitest';
import { hosts, newHub, reached, serve, visit } from './apps.ts';
import { terminal } from './terminal.ts';

// RT-FIRST-4
test('a channel that nobody has defined: the terminal says what is defined, and the client what to do', async () => {
  const { lines } = terminal();
  const client = visit(await serve('Express', newHub()));
  const room = client.channel('romm:1' as 'room:1');
  room.on('said', () => {});
  const status = await reached('a refusal', room, ({ state }) => state === 'denied');
  const error = (status as Extract<typeof status, { state: 'denied' }>).error.message;
  expect(error).toMatch(/^channel_unknown: no definition matches "romm:1"; correct the name, or define it/);
  expect(error).not.toContain('secret');
  await expect(room.publish('said', { text: 'hi' })).rejects.toThrow(/^channel_unknown/);
  expect(lines()).toEqual([
    '@rt: a client asks for the channel "romm:1", and no definition matches that; defined: room:{id}, secret:{id}. Correct the name there, or define it here',
  ]);
});

// RT-FIRST-4
test('a channel that nobody has defined: the app’s own code is told what is', () => {
  expect(() => newHub().channel('romm:1' as 'room:1')).toThrow(
    'channel_unknown: no definition matches "romm:1"; defined: room:{id}, secret:{id}',
  );
});

// RT-FIRST-4
test('whatever names clients make up, the terminal stays readable', async () => {
  const { lines } = terminal();
  const port = await serve('node:http', newHub());
  for (let n = 0; n < 50; n += 1) await rawRequest({ port, path: `/rt?channel=made-up-${n}` });
  expect(lines()).toHaveLength(20);
});

// RT-FIRST-5
test.each(hosts)('%s: a definition without a rule says whom it lets in, and how that is changed', async (host) => {
  const { lines } = terminal();
  const client = visit(await serve(host, newHub()));
  const secret = client.channel('secret:1');
  secret.on('said', () => {});
  const status = await reached('a refusal', secret, ({ state }) => state === 'denied');
  const error = (status as Extract<typeof status, { state: 'denied' }>).error.message;
  const fix = "nobody may unless one says so: subscribe: ({ user }) => user !== null, or subscribe: 'anyone'";
  expect(error).toBe(`subscribe_denied: "secret:1" refuses to be read: its definition has no subscribe rule; ${fix}`);
  await expect(client.channel('secret:2').publish('said', { text: 'hi' })).rejects.toThrow(/has no publish rule/);
  client.channel('secret:3').on('said', () => {});
  await reached('another one', client.channel('secret:3'), ({ state }) => state === 'denied');
  expect(lines()).toEqual([
    `@rt: a client asked "secret:{id}" to be read, and its definition has no subscribe rule; ${fix}`,
    expect.stringContaining('has no publish rule; nobody may unless one says so: publish: '),
  ]);
});
