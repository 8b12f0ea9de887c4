import type { NodeState } from './cluster-channels.ts';
import { startCluster } from './cluster.ts';
import { portFromEnvironment } from './port.ts';

const port = portFromEnvironment();
const ports = {
  nginx: port,
  haproxy: port + 1,
  nodes: [port + 101, port + 102, port + 103],
  redis: port + 179,
} as const;
const program = (variable: string, name: string): { readonly path: string } => ({
  path: process.env[variable] ?? name,
});

const cluster = await startCluster({
  programs: {
    redis: program('RT_REDIS_SERVER', 'redis-server'),
    nginx: program('RT_NGINX', 'nginx'),
    haproxy: program('RT_HAPROXY', 'haproxy'),
  },
  ports,
  onState: sayState,
}).catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});

console.log(`
The rooms of a bicycle workshop, on three nodes:

  http://localhost:${ports.nginx}   nginx     ┐             ┌  one    :${ports.nodes[0]}  ┐
                                    ├ round robin ┼  two    :${ports.nodes[1]}  ┼  Redis :${ports.redis}
  http://localhost:${ports.haproxy}   HAProxy   ┘             └  three  :${ports.nodes[2]}  ┘

  npm run demo:cluster:kill         kills the node that answers; -- two kills that one
`);

let closing = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (closing) process.exit(1); // asked twice: somebody is in a hurry
    closing = true;
    void cluster.close().then(() => process.exit());
  });
}

function sayState({ name, state, pid, kills }: NodeState): void {
  if (kills === 0) return;
  const words = { down: 'is killed', starting: 'is started again', up: 'is back' }[state];
  console.log(`  ${new Date().toLocaleTimeString('en-GB')}  node ${name.padEnd(5)}  pid ${pid}  ${words}`);
}
