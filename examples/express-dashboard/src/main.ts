import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { createDashboard } from './app.ts';

const port = Number(process.env['PORT'] ?? 3000);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  fail(`PORT must be a whole number from 0 to 65535, but was "${process.env['PORT']}".`);
}

const dashboard = createDashboard();
const server = createServer(dashboard.app);
dashboard.attach(server);

server.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EADDRINUSE') {
    fail(`Port ${port} is taken. Stop what listens there, or choose another one: PORT=${port + 1} npm run demo`);
  }
  if (error.code === 'EACCES') fail(`Port ${port} is not allowed for this user. Choose another one: PORT=3000`);
  throw error;
});

server.listen(port, () => {
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  console.log(`Live figures of ${hostname()}: ${url}`);
  console.log(`  curl -N -H 'accept: text/event-stream' '${url}/rt?channel=host:metrics&last=5'`);
  console.log(`  curl -H 'accept: application/json' '${url}/rt?channel=host:metrics&limit=1'`);
});

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) process.exit(1); // asked twice: somebody is in a hurry
    stopping = true;
    // Whatever a client does, the process is gone within five seconds.
    setTimeout(() => process.exit(0), 4900).unref();
    void stop();
  });
}

/** First the hub, which tells every page when to come back; then the connections that are idle by now. */
async function stop(): Promise<void> {
  try {
    await dashboard.close();
  } catch (error) {
    console.error('The hub did not close cleanly:', error);
    process.exitCode = 1;
  }
  server.close();
  server.closeIdleConnections();
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
