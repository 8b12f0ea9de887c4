import { onTestFinished } from 'vitest';
import { haproxyBinary } from '../../tools/haproxy-binary.ts';
import type { After } from './ground.ts';
import { proxyProcess } from './proxy-process.ts';

/** Starts a HAProxy of the test's own before the nodes, which take turns, and resolves to its port. */
export function haproxy(nodes: readonly number[], after: After = onTestFinished): Promise<number> {
  return proxyProcess(
    {
      binary: haproxyBinary(),
      lines: (_, port) => [
        'defaults',
        '  mode http',
        '  timeout connect 2s',
        '  timeout client 60s',
        '  timeout server 60s',
        '  timeout tunnel 60s',
        'frontend rt',
        `  bind 127.0.0.1:${port}`,
        '  default_backend nodes',
        'backend nodes',
        '  balance roundrobin',
        ...nodes.map((node, index) => `  server node${index} 127.0.0.1:${node}`),
      ],
      options: (_, file) => ['-db', '-f', file],
    },
    after,
  );
}
