import { createServer } from 'node:http';
import { realtime } from '@rt/node';
import { listening } from '../support/listen.ts';
import { hostSuite } from './host-suite.ts';

hostSuite('node:http', async (hub) => {
  const rt = realtime(hub, { user: (request) => request.headers['x-user'] });
  return listening(createServer((request, response) => void rt(request, response)));
});
