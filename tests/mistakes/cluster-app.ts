// The same app twice, as `node:cluster` runs it.
import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';

cluster.setupPrimary({ exec: fileURLToPath(new URL('node-app.ts', import.meta.url)), args: process.argv.slice(2) });
for (let count = 0; count < 2; count += 1) cluster.fork();
