import type { IncomingMessage, ServerResponse } from 'node:http';
import fastifyCompress from '@fastify/compress';
import cookie from '@fastify/cookie';
import fastifySession from '@fastify/session';
import type { CallHandler, CanActivate, ExecutionContext, INestApplication, NestInterceptor } from '@nestjs/common';
import { Injectable, UnauthorizedException, UseInterceptors } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { ReadyHub } from '@rt/nest';
import { RtModule } from '@rt/nest';
import compression from 'compression';
import session from 'express-session';
import type { Observable } from 'rxjs';
import { tap } from 'rxjs';
import { front, loginFirst, userOf } from '../../hosts/mounts/front.ts';
import type { Mount } from '../../hosts/suite/rig.ts';
import type { Platform } from './platforms.ts';
import { listeningApp, nestApp } from './platforms.ts';

type Asked = Pick<IncomingMessage, 'headers'> & { readonly session: object };
type Answering = Pick<ServerResponse, 'getHeader'> & { header(name: string, value: string): unknown };

/** What an app has in front of its routes. */
@Injectable()
class FrontGuard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Asked>();
    context.switchToHttp().getResponse<Answering>().header('x-early', '1');
    if (request.headers['x-session'] !== undefined) Object.assign(request.session, { seen: true });
    if (request.headers['x-held'] !== undefined) await front();
    if (request.headers['x-locked-out'] !== undefined) throw new UnauthorizedException(loginFirst);
    return true;
  }
}

/** Sets a header when the handler is done: the last moment that Nest has. */
@Injectable()
class LateInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const response = context.switchToHttp().getResponse<Answering>();
    return next.handle().pipe(tap(() => response.header('x-late', '1')));
  }
}

/** Sessions of the platform. */
async function useSessions(app: INestApplication, platform: Platform): Promise<void> {
  if (platform === 'Express') {
    (app as NestExpressApplication).set('trust proxy', 'loopback');
    app.use(session({ secret: 'not secret', resave: false, saveUninitialized: false }));
    return;
  }
  const fastify = app as NestFastifyApplication;
  await fastify.register(cookie as never);
  await fastify.register(fastifySession as never, {
    secret: 'a secret that is long enough to be one, and not secret',
    saveUninitialized: false,
    cookie: { secure: false },
  });
}

/** Compression of the platform, of whatever may be compressed. */
async function useCompression(app: INestApplication, platform: Platform): Promise<void> {
  if (platform === 'Express') app.use(compression({ threshold: 0 }));
  else await (app as NestFastifyApplication).register(fastifyCompress as never, { threshold: 0 });
}

/** An app of Nest 12, with or without compression. */
export function mountNest(platform: Platform, compressed = false): Mount {
  return async (hub, { prepare, upgrades } = {}) => {
    const app = await nestApp(platform, {
      imports: [
        RtModule.forRoot({
          hub: hub as ReadyHub,
          guards: [FrontGuard],
          decorators: [UseInterceptors(LateInterceptor)],
          user: (request) => userOf(request.headers['x-user'] as string | undefined),
          upgrades: { ...upgrades },
          // The cases close the hub and the server in both orders.
          close: false,
        }),
      ],
    });
    if (compressed) await useCompression(app, platform);
    await useSessions(app, platform);
    prepare?.(app.getHttpServer());
    return listeningApp(app);
  };
}
