import 'reflect-metadata';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { NestFactory } from '@nestjs/core';
import type { Hub } from '@rt/core';
import { vi } from 'vitest';
import { AppModule } from './nest.ts';

/** An app of a first page, as a reader has it at its end. */
export interface Started {
  readonly port: number;
  close(): Promise<void>;
}

async function started(
  load: () => Promise<{ readonly server: Server; readonly hub: Pick<Hub, 'close'> }>,
): Promise<Started> {
  vi.stubEnv('PORT', '0');
  const { server, hub } = await load();
  vi.unstubAllEnvs();
  if (!server.listening) await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async close() {
      await hub.close({ withinMs: 0 });
      server.close();
      server.closeAllConnections();
    },
  };
}

async function startedNest(): Promise<Started> {
  const folder = process.cwd();
  // The page is read where the app was started.
  process.chdir(fileURLToPath(new URL('.', import.meta.url)));
  const app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0);
  return {
    port: ((app.getHttpServer() as Server).address() as AddressInfo).port,
    async close() {
      process.chdir(folder);
      await app.close();
    },
  };
}

/** The apps by the names of their hosts. Each can be started once in a process. */
export const starts: readonly (readonly [string, () => Promise<Started>])[] = [
  ['express', () => started(() => import('./express.ts'))],
  ['fastify', () => started(() => import('./fastify.ts'))],
  ['koa', () => started(() => import('./koa.ts'))],
  ['node', () => started(() => import('./node.ts'))],
  ['nest', startedNest],
];
