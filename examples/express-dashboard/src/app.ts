import type { Server } from 'node:http';
import { createHub } from '@rt/core';
import { realtime } from '@rt/express-sse';
import express, { type Express } from 'express';
import { channels } from './channels.ts';
import { watchFigures } from './figures.ts';
import { page } from './page.ts';
import { meetViewer, viewerOf } from './viewer.ts';

export interface DashboardOptions {
  /** Time between two samples, in milliseconds. Default 1000. */
  readonly everyMs?: number;
}

export function createDashboard({ everyMs = 1000 }: DashboardOptions = {}) {
  const hub = createHub({ channels });
  const figures = watchFigures();

  const publish = () => {
    hub
      .channel('host:metrics')
      .publish('sample', figures.sample())
      .catch((error: unknown) => console.error('A sample was not published:', error));
  };
  publish();
  const timer = setInterval(publish, everyMs);

  const app: Express = express();
  app.disable('x-powered-by');
  const rt = realtime(hub, { user: viewerOf });
  app.use('/rt', rt);
  app.use(meetViewer, page());

  return {
    app,
    hub,
    /** Lets WebSockets in: the page has one for who is looking. */
    attach: (server: Server) => rt.attach(server),
    async close(): Promise<void> {
      clearInterval(timer);
      figures.stop();
      await hub.close({ withinMs: 4000 });
    },
  };
}
