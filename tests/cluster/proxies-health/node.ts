import { createServer } from 'node:http';
import type { Hub } from '@rt/core';
import { realtime } from '@rt/node';

export function healthOf(hub: Hub) {
  const rt = realtime(hub, { user: () => null });

  const server = createServer((request, response) => {
    const { live, ready, reason } = hub.health();
    if (request.url === '/live') response.writeHead(live ? 200 : 500).end();
    else if (request.url === '/ready') response.writeHead(ready ? 200 : 503).end(reason);
    else void rt(request, response);
  });

  return (port: number) => server.listen(port, '127.0.0.1');
}
