import { createServer } from 'node:http';
import { attach, realtime } from '@rt/node';
import type { OpenSession, TransportRig } from '@rt/testkit';
import { listening } from '../support/listen.ts';

/** A bare node:http server, with a session over one transport. */
export function nodeRig(open: OpenSession, upgrades: Parameters<typeof attach>[1] = {}): TransportRig {
  return {
    open,
    async serve(hub) {
      const user = (name: string | readonly string[] | undefined): { id: string } | null =>
        typeof name === 'string' ? { id: name } : null;
      const rt = realtime(hub, { user: (request) => user(request.headers['x-user']) });
      const server = createServer((request, response) => void rt(request, response));
      attach(server, upgrades);
      return listening(server);
    },
  };
}
