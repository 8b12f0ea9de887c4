import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { RtAdapter } from '@rt/nest';
import { AppModule } from './app-module.ts';

/** Starts the app of the guide. */
export async function bootstrap(port: number): Promise<INestApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: false });
  app.set('trust proxy', 'loopback'); // a proxy in front: request.ip is the client's address
  app.useWebSocketAdapter(new RtAdapter(app));
  app.enableShutdownHooks();
  await app.listen(port, '127.0.0.1');
  return app;
}
