import type { Hub } from '@rt/core';
import express from 'express';

export function healthOf(hub: Hub) {
  const app = express();

  app.get('/live', (_req, res) => {
    res.sendStatus(hub.health().live ? 200 : 500);
  });
  app.get('/ready', (_req, res) => {
    const { ready, reason } = hub.health();
    res.status(ready ? 200 : 503).send(reason ?? 'ready');
  });

  return (port: number) => app.listen(port, '127.0.0.1');
}
