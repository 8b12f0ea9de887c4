// Runs examples/cluster with the programs that it needs.
import { delimiter } from 'node:path';
import { haproxyBinary } from './haproxy-binary.ts';
import { nginxBinary } from './nginx-binary.ts';
import { redisBinary } from './redis-binary.ts';

const binaries = { RT_REDIS_SERVER: redisBinary(), RT_NGINX: nginxBinary(), RT_HAPROXY: haproxyBinary() };
for (const [variable, { path }] of Object.entries(binaries)) process.env[variable] = path;
// For what this process starts: a program looks for its libraries when it is loaded.
process.env['LD_LIBRARY_PATH'] = [
  ...Object.values(binaries).flatMap(({ libraries }) => libraries ?? []),
  process.env['LD_LIBRARY_PATH'] ?? '',
]
  .filter((folder) => folder !== '')
  .join(delimiter);
await import(new URL('../examples/cluster/dist/main.js', import.meta.url).href);
