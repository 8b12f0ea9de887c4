import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { attach, realtime } from '@rt/node';
import { listening } from '../../support/listen.ts';
import type { Mount } from '../suite/rig.ts';
import { front, loginFirst, userOf } from './front.ts';
import { setLate } from './late-header.ts';

export const mountNodeHttp: Mount = async (hub, { prepare, upgrades } = {}) => {
  const rt = realtime(hub, { user: (request) => userOf(request.headers['x-user']) });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.setHeader('x-early', '1');
    setLate(response);
    if (request.headers['x-held'] !== undefined) await front();
    if (request.headers['x-locked-out'] !== undefined) {
      response.statusCode = 401;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(loginFirst));
    } else if (/^\/rt(?:$|\?)/.test(request.url ?? '')) {
      await rt(request, response);
    } else response.writeHead(404).end('the app’s own');
  };
  const server = createServer((request, response) => void answer(request, response));
  prepare?.(server);
  attach(server, { ...upgrades, path: '/rt' });
  return listening(server);
};
