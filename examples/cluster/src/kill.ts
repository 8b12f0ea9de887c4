// Kills a node of the cluster that runs: `node dist/kill.js [one|two|three]`.
import { createClient, RtError } from '@rt/client';
import type { AboutCluster } from './cluster-channels.ts';
import { nodeNames } from './cluster-channels.ts';
import { portFromEnvironment } from './port.ts';

const [name] = process.argv.slice(2);
if (name !== undefined && !nodeNames.includes(name)) {
  console.error(`There is no node "${name}": there are ${nodeNames.join(', ')}.`);
  process.exit(1);
}
const rt = createClient<AboutCluster>(`http://localhost:${portFromEnvironment()}/rt`);
const cluster = rt.channel('cluster');
const wanted = name ?? (await cluster.send<{ readonly node: string }>('where', null)).node;
await cluster.send('kill', wanted).catch((error: unknown) => {
  // The node that is asked may be the one that is killed, and does not answer then.
  if (!(error instanceof RtError && error.code === 'connection_lost')) throw error;
});
rt.close();
console.log(`Node ${wanted} is killed with SIGKILL, and started again in a few seconds.`);
