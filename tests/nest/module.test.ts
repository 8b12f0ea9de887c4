import type { Server } from 'node:http';
import type { CanActivate, ExecutionContext, INestApplication, ModuleMetadata } from '@nestjs/common';
import {
  Body,
  Controller,
  Injectable,
  Param,
  Post,
  Scope,
  UnauthorizedException,
  VersioningType,
} from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import type { Hub } from '@rt/core';
import { channel, createHub, defineChannels } from '@rt/core';
import type { ReadyHub } from '@rt/nest';
import { RT_HUB, RtAdapter, RtChannel, RtModule, RtPublish } from '@rt/nest';
import type { RawResponse } from '@rt/testkit';
import { openOverLongPoll, openOverSse, openOverWebSocket, rawRequest, rawWebSocket, within } from '@rt/testkit';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { z } from 'zod';
import { listeningApp, nestApp, platforms } from './mounts/platforms.ts';
import { rootModule } from './mounts/root-module.ts';
import { ChatGateway, Diary } from './stock/chat-gateway.ts';
import { overWebSocket } from './stock/gateway-peer.ts';

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

const channels = defineChannels({
  'open:{id}': channel({ events: { said: z.unknown() }, subscribe: 'anyone' }),
  'own:{user}': channel({
    events: { said: z.unknown() },
    subscribe: ({ user, params }) => (user as { readonly id: string } | null)?.id === params.user,
  }),
});

/** A guard of the app, as the guides of Nest show it: it leaves the user on the request. */
@Injectable()
class LoginGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ headers: Record<string, string>; user?: unknown }>();
    if (request.headers['x-user'] === undefined) throw new UnauthorizedException('login first');
    request.user = { id: request.headers['x-user'] };
    return true;
  }
}

describe.each(platforms)('the module on %s', (platform) => {
  const start = async (
    metadata: ModuleMetadata,
    prepare: (app: INestApplication) => void = () => {},
  ): Promise<{
    readonly app: INestApplication;
    readonly hub: Hub;
    readonly port: number;
    readonly server: Server;
    close(): Promise<void>;
  }> => {
    const app = await nestApp(platform, metadata);
    prepare(app);
    const listening = await listeningApp(app);
    let closed: Promise<void> | null = null;
    const close = (): Promise<void> => (closed ??= listening.close());
    cleanUps.push(close);
    return { app, hub: app.get<Hub>(RT_HUB), ...listening, close };
  };

  const get = async (port: number, path: string, headers: Record<string, string> = {}): Promise<RawResponse> => {
    const response = await rawRequest({ port, path, headers: { accept: 'application/json', ...headers } });
    cleanUps.push(() => response.cut());
    return response;
  };

  const upgrade = async (port: number, path: string, headers: Record<string, string> = {}): Promise<number> => {
    const handshake = await rawWebSocket({ port, path, headers });
    if (handshake.type === 'refused') return handshake.head.status;
    cleanUps.push(() => handshake.webSocket.socket.destroy());
    return (await handshake.webSocket.head).status;
  };

  // RT-NEST-7
  test('honours the global prefix, what it excludes, and versions', async () => {
    // It answers 400 to every upgrade that it sees and is not its own.
    const beside = (app: INestApplication): void => {
      const other = new WebSocketServer({ server: app.getHttpServer(), path: '/other' });
      cleanUps.push(() => other.close());
    };
    const prefixed = await start({ imports: [RtModule.forRoot({ channels, path: 'live' })] }, (app) => {
      beside(app);
      app.setGlobalPrefix('api');
      app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
    });
    expect((await get(prefixed.port, '/api/live?channel=open:1')).head.status).toBe(200);
    expect(await upgrade(prefixed.port, '/api/live')).toBe(101);
    expect(await upgrade(prefixed.port, '/live')).toBe(400);
    const excluded = await start({ imports: [RtModule.forRoot({ channels })] }, (app) => {
      beside(app);
      app.setGlobalPrefix('api', { exclude: ['rt'] });
    });
    expect((await get(excluded.port, '/rt?channel=open:1')).head.status).toBe(200);
    expect(await upgrade(excluded.port, '/rt')).toBe(101);
    expect(await upgrade(excluded.port, '/api/rt')).toBe(400);
  });

  // RT-NEST-8
  test('lets its guards refuse every transport, and knows whom they have let in', async () => {
    const { port, hub } = await start({
      // Somebody whose long poll was cut is waited for.
      imports: [RtModule.forRoot({ channels, guards: [LoginGuard], close: { withinMs: 500 } })],
    });
    const refused = await get(port, '/rt?channel=open:1');
    expect([refused.head.status, JSON.parse(await refused.text())]).toEqual([
      401,
      { error: 'Unauthorized', message: 'login first', statusCode: 401 },
    ]);
    expect(await upgrade(port, '/rt')).toBe(401);
    const ada = { 'x-user': 'ada' };
    expect((await get(port, '/rt?channel=own:ada', ada)).head.status).toBe(200);
    expect((await get(port, '/rt?channel=own:bob', ada)).head.status).toBe(403);
    for (const open of [openOverWebSocket, openOverSse, openOverLongPoll]) {
      const opened = await open({ port, headers: ada });
      const { client } = opened as Extract<typeof opened, { type: 'open' }>;
      cleanUps.push(() => client.cut());
      client.send({ type: 'subscribe', id: 2, channel: 'own:ada' });
      await client.next('subscribed');
      await hub.channel('own:ada').publish('said', 'hi');
      expect(await client.next('publications')).toMatchObject({ channel: 'own:ada' });
    }
  });

  // RT-NEST-8
  test('lets global and request-scoped guards refuse', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class ScopedGuard extends LoginGuard {}
    const { port } = await start({
      imports: [RtModule.forRoot({ channels })],
      providers: [{ provide: APP_GUARD, useClass: ScopedGuard }],
    });
    expect(await upgrade(port, '/rt')).toBe(401);
    expect(await upgrade(port, '/rt', { 'x-user': 'ada' })).toBe(101);
  });

  // RT-NEST-6
  test('may be made by a factory, whose imports its guards can use', async () => {
    @Injectable()
    class Doors {
      readonly open = false;
    }
    @Injectable()
    class DoorGuard implements CanActivate {
      readonly #doors: Doors;
      constructor(doors: Doors) {
        this.#doors = doors;
      }
      canActivate(context: ExecutionContext): boolean {
        return this.#doors.open || context.switchToHttp().getRequest<{ url: string }>().url.includes('key');
      }
    }
    const { port } = await start({
      imports: [
        RtModule.forRootAsync({
          path: 'live',
          guards: [DoorGuard],
          imports: [{ module: class DoorsModule {}, providers: [Doors], exports: [Doors] }],
          inject: [Doors],
          useFactory: async () => ({ channels, user: () => ({ id: 'ada' }) }),
        }),
      ],
    });
    expect((await get(port, '/live?channel=own:ada')).head.status).toBe(403);
    expect((await get(port, '/live?channel=own:ada&key')).head.status).toBe(200);
    expect([await upgrade(port, '/live'), await upgrade(port, '/live?key')]).toEqual([403, 101]);
  });

  // RT-NEST-9
  test('publishes what a route returns, and fails the request where that fails', async () => {
    class SayDto {
      text!: unknown;
    }
    @Controller('rooms')
    class Rooms {
      @Post(':id/messages')
      @RtPublish<SayDto>((said, context) => {
        const { id } = context.switchToHttp().getRequest<{ params: { id: string } }>().params;
        return said.text === null ? null : { channel: `room:${id}`, event: 'said', data: said };
      })
      say(@Param('id') _id: string, @Body() dto: SayDto): SayDto {
        return dto;
      }
    }
    @RtChannel('room:{id}', { events: { said: z.object({ text: z.string() }) }, subscribe: 'anyone' })
    class RoomChannel {}
    const { port, hub } = await start({
      imports: [RtModule.forRoot()],
      controllers: [Rooms],
      providers: [RoomChannel],
    });
    const say = async (text: unknown): Promise<number> => {
      const headers = { 'content-type': 'application/json' };
      const answer = await rawRequest({
        port,
        path: '/rooms/7/messages',
        method: 'POST',
        headers,
        body: JSON.stringify({ text }),
      });
      answer.cut();
      return answer.head.status;
    };
    expect([await say('hi'), await say(null), await say(7)]).toEqual([201, 201, 500]);
    expect((await hub.channel('room:7').history()).publications).toMatchObject([
      { event: 'said', data: { text: 'hi' } },
    ]);
  });

  // RT-NEST-5
  test('closing the app tells streams, sockets and polls, and takes less than a second', async () => {
    const { port, close } = await start({ imports: [RtModule.forRoot({ channels })] });
    const stream = await get(port, '/rt?channel=open:1', { accept: 'text/event-stream' });
    const poll = get(port, '/rt?channel=open:1&wait=25');
    const sockets = await Promise.all(
      [openOverWebSocket, openOverSse, openOverLongPoll].map(async (open) => {
        const opened = await open({ port });
        return (opened as Extract<typeof opened, { type: 'open' }>).client;
      }),
    );
    cleanUps.push(() => sockets.map((client) => client.cut()));
    await stream.next(({ type }) => type === 'id');
    await within('the app to close', close(), 1000);
    expect(await stream.text()).toContain('rt.bye');
    expect((await poll).head.status).toBe(200);
    for (const client of sockets) await within('the end of a session', client.ended());
  });

  test('does not close a hub that is somebody else’s', async () => {
    const { hub, close } = await start({ imports: [RtModule.forRoot({ channels, close: false })] });
    await close();
    expect(hub.health().ready).toBe(true);
    await hub.close();
  });

  test('is there beside gateways, and what is for neither is the app’s to answer', async () => {
    const { port } = await start(
      { imports: [RtModule.forRoot({ channels })], providers: [ChatGateway, Diary] },
      (app) => app.useWebSocketAdapter(new RtAdapter(app)),
    );
    const gateway = await overWebSocket(port, '?who=ada');
    cleanUps.push(() => gateway.leave());
    expect(await gateway.next()).toEqual({ event: 'hello', data: 'ada' });
    expect(await upgrade(port, '/rt')).toBe(101);
    expect(await within('an answer', upgrade(port, '/neither'))).toBe(404);
  });
});

test('a class that is a gateway and of a channel answers both kinds of client', async () => {
  @WebSocketGateway({ path: '/chat' })
  @RtChannel('chat', { events: { said: z.unknown() }, send: 'anyone' })
  class Both {
    @SubscribeMessage('ask')
    ask(@MessageBody() data: unknown): object {
      return { event: 'told', data };
    }
  }
  const app = await nestApp('Express', { imports: [RtModule.forRoot()], providers: [Both] });
  app.useWebSocketAdapter(new RtAdapter(app));
  const { port, close } = await listeningApp(app);
  cleanUps.push(close);
  const gateway = await overWebSocket(port);
  cleanUps.push(() => gateway.leave());
  await gateway.say('ask', 1);
  expect(await gateway.next()).toEqual({ event: 'told', data: 1 });
  const opened = await openOverWebSocket({ port });
  const { client } = opened as Extract<typeof opened, { type: 'open' }>;
  cleanUps.push(() => client.cut());
  expect(await client.ask({ type: 'send', channel: 'chat', event: 'ask', data: 2 })).toMatchObject({
    type: 'answered',
    data: { event: 'told', data: 2 },
  });
});

// RT-NEST-5
test('closing the app waits for the hub', async () => {
  const hub = createHub({ channels });
  let over = false;
  const slow: ReadyHub = {
    handle: async (...asked) => hub.handle(...asked),
    onPresence: (listener) => hub.onPresence(listener),
    close: async (options) => {
      await hub.close(options);
      await new Promise((resolve) => setImmediate(resolve));
      over = true;
    },
  };
  const metadata = { imports: [RtModule.forRoot({ hub: slow })] };
  const app = await NestFactory.createApplicationContext(rootModule(metadata), { logger: false });
  await app.close();
  expect(over).toBe(true);
});

test('an app without a server has its hub as well', async () => {
  const app = await NestFactory.createApplicationContext(rootModule({ imports: [RtModule.forRoot({ channels })] }), {
    logger: false,
  });
  const hub = app.get<Hub>(RT_HUB);
  await hub.channel('open:1').publish('said', 1);
  await app.close();
  expect(hub.health()).toMatchObject({ ready: false, reason: 'closing' });
});
