// Ours in Nest, on Express.
import 'reflect-metadata';
import type { Server } from 'node:http';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { RtModule } from '@rt/nest';
import type { Setup } from '../harness/traffic.ts';
import type { Stage } from '../server/stage.ts';
import { listening } from '../server/stage.ts';
import { benchHub, userOf } from './bench-hub.ts';

export async function open(setup: Setup): Promise<Stage> {
  const { hub, ...publishing } = benchHub(setup);
  class Root {}
  const upgrades = { compress: setup.compress };
  Module({ imports: [RtModule.forRoot({ hub, user: (request) => userOf(request.url), upgrades })] })(Root);
  const app = await NestFactory.create(Root, new ExpressAdapter(), { logger: false });
  const listen = (): Promise<unknown> => app.listen(0, '127.0.0.1');
  return { ...(await listening(app.getHttpServer() as Server, listen)), ...publishing };
}
