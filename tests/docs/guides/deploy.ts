import type { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { hub } from './hub.ts';

export function health() {
  // #region health
  const probes = createServer((request, response) => {
    const { live, ready, reason } = hub.health();
    if (request.url === '/live') response.writeHead(live ? 200 : 500).end();
    else response.writeHead(ready ? 200 : 503).end(reason);
  });
  // #endregion
  return probes;
}

export function onSignal(server: Server, process: Pick<EventEmitter, 'once'>): void {
  // #region close
  const close = async (): Promise<void> => {
    server.close(); // nobody new
    await hub.close({ withinMs: 10_000 }); // polls are answered, streams are told when to come back
  };
  process.once('SIGTERM', () => void close());
  // #endregion
}
