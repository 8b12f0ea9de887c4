// #region suite
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { transportSuite } from '@rt/testkit';
import { describe, test } from 'vitest';
import { openOverLines } from './line-client.ts';
import { lineServer } from './line-transport.ts';

describe('a session over TCP lines', () => {
  // RT-DOCS-4
  transportSuite((name, run) => test(name, run, 30_000), {
    open: openOverLines,
    async serve(hub) {
      const server = lineServer(hub, (line) => (line === '' ? null : ({ id: line } as never)));
      await once(server.listen(0, '127.0.0.1'), 'listening');
      return { port: (server.address() as AddressInfo).port, close: async () => void server.close() };
    },
  });
});
// #endregion
