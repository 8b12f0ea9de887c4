import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app-module.ts';
import { servePage } from './page.ts';

/** The app with everything in it, which listens nowhere yet. */
export async function createBoard(): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: ['error', 'warn'] });
  servePage(app);
  return app.init() as Promise<NestExpressApplication>;
}
