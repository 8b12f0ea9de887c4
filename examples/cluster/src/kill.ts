// Kills a node of the cluster that runs: `node dist/kill.js [one|two|three]`.
import { createClient } from '@rt/client';
import type { AboutCluster } from './cluster-channels.ts';
import { portFromEnvironment } from './port.ts';

const rt = createClient<AboutCluster>(`http://localhost:${portFromEnvironment()}/rt`);
const cluster = rt.channel('cluster');
const wanted = process.argv[2] ?? (await cluster.send<{ readonly node: string }>('where', null)).node;
// The node that is asked may be the one that is killed, and does not answer then.
await cluster.send('kill', wanted).catch(() => {});
rt.close();
console.log(`Node ${wanted} is killed with SIGKILL, and started again in a few seconds.`);
