import { createServer } from 'node:http';
import { hostname } from 'node:os';
import { listen } from '@rt/example-ui/process';
import { createDashboard } from './app.ts';

const dashboard = createDashboard();
const server = createServer(dashboard.app);
dashboard.attach(server);

listen({
  server,
  greeting: (url) => [
    `Live figures of ${hostname()}: ${url}`,
    `  curl -N -H 'accept: text/event-stream' '${url}/rt?channel=host:metrics&last=5'`,
    `  curl -H 'accept: application/json' '${url}/rt?channel=host:metrics&limit=1'`,
  ],
  close: () => dashboard.close(),
});
