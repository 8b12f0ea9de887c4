import { createServer } from 'node:http';
import type { RequestHub } from '@rt/core';
import { realtime } from '@rt/express-sse';
import compression from 'compression';
import express from 'express';
import express4 from 'express4';
import { listening } from '../support/listen.ts';
import type { Mounted } from './suite/rig.ts';
import { hostSuite } from './host-suite.ts';

type Express = typeof express;

async function mount(kind: Express, hub: RequestHub, compress: boolean): Promise<Mounted> {
  const app = kind();
  if (compress) app.use(compression({ threshold: 0 }));
  app.use(kind.json());
  app.use('/rt', realtime(hub, { user: (request) => request.get('x-user') }));
  return listening(createServer(app));
}

hostSuite('Express 5', (hub) => mount(express, hub, false));
hostSuite('Express 5 behind compression()', (hub) => mount(express, hub, true));
hostSuite('Express 4', (hub) => mount(express4, hub, false));
hostSuite('Express 4 behind compression()', (hub) => mount(express4, hub, true));
