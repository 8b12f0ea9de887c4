import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { attach } from '@rt/node';

test.each([false, true])('what attach returns takes all of it back (exclusive: %s)', (exclusive) => {
  const server = createServer();
  const { emit, shouldUpgradeCallback } = server as typeof server & { readonly shouldUpgradeCallback?: unknown };
  const stop = attach(server, { exclusive });
  expect(server.listenerCount('upgrade')).toBe(1);
  stop();
  expect(server.listenerCount('upgrade')).toBe(0);
  expect(server.emit).toBe(emit);
  expect((server as { readonly shouldUpgradeCallback?: unknown }).shouldUpgradeCallback).toBe(shouldUpgradeCallback);
});

test('what has wrapped the server’s emit meanwhile is left in place', () => {
  const server = createServer();
  const stop = attach(server, { exclusive: true });
  const inner = server.emit.bind(server) as (...parts: readonly unknown[]) => boolean;
  const wrapped = (...parts: readonly unknown[]): boolean => inner(...parts);
  server.emit = wrapped;
  stop();
  expect(server.emit).toBe(wrapped);
  expect(server.emit('upgrade', { headers: { upgrade: 'websocket' }, url: '/rt' })).toBe(false);
});
