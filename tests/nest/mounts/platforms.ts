import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { rootModule } from './root-module.ts';

/** What Nest runs on. */
export type Platform = 'Express' | 'Fastify';

export const platforms: readonly Platform[] = ['Express', 'Fastify'];

/** An app of Nest that has not begun. */
export async function nestApp(platform: Platform, metadata: ModuleMetadata): Promise<INestApplication> {
  const options = { logger: false, abortOnError: false } as const;
  if (platform === 'Express') return NestFactory.create(rootModule(metadata), new ExpressAdapter(), options);
  return NestFactory.create(rootModule(metadata), new FastifyAdapter({ trustProxy: true }), options);
}

/** Lets an app listen on a free port of the loopback. */
export async function listeningApp(
  app: INestApplication,
): Promise<{ readonly port: number; readonly server: Server; close(): Promise<void> }> {
  await app.listen(0, '127.0.0.1');
  const server = app.getHttpServer() as Server;
  return { port: (server.address() as AddressInfo).port, server, close: () => app.close() };
}
