import { createServer } from 'node:http';
import { realtime } from '@rt/express-sse';
import compression from 'compression';
import express from 'express';
import session from 'express-session';
import { listening } from '../../support/listen.ts';
import type { Mount } from '../suite/rig.ts';
import { front, loginFirst, userOf } from './front.ts';
import { setLate } from './late-header.ts';

type Express = typeof express;

/** An app of Express 4 or 5, with or without compression. */
export function mountExpress(kind: Express, compress = false): Mount {
  return async (hub, { prepare, upgrades } = {}) => {
    const app = kind();
    app.set('trust proxy', 'loopback');
    app.use((_request, response, next) => {
      response.set('x-early', '1');
      setLate(response);
      next();
    });
    if (compress) app.use(compression({ threshold: 0 }));
    app.use(session({ secret: 'not secret', resave: false, saveUninitialized: false }));
    app.use(kind.json());
    app.use(async (request, response, next) => {
      if (request.get('x-session') !== undefined) Object.assign(request.session, { seen: true });
      if (request.get('x-held') !== undefined) await front();
      if (request.get('x-locked-out') === undefined) next();
      else response.status(401).json(loginFirst);
    });
    const rt = realtime(hub, { user: (request) => userOf(request.get('x-user')) });
    app.use('/rt', rt);
    const server = createServer(app);
    prepare?.(server);
    rt.attach(server, { ...upgrades, path: '/rt' });
    return listening(server);
  };
}
