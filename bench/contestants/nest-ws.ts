// Nest with platform-ws: a gateway that knows its clients, each sent the same buffer.
import 'reflect-metadata';
import type { IncomingMessage, Server } from 'node:http';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { WsAdapter } from '@nestjs/platform-ws';
import { WebSocketGateway } from '@nestjs/websockets';
import type { WebSocket } from 'ws';
import type { Setup } from '../harness/traffic.ts';
import type { Stage } from '../server/stage.ts';
import { listening, Listeners } from '../server/stage.ts';

export async function open({ compress }: Setup): Promise<Stage> {
  const listeners = new Listeners<WebSocket>();
  class Gateway {
    handleConnection(client: WebSocket, request: IncomingMessage): void {
      listeners.add(client, request.url);
    }
  }
  class Root {}
  WebSocketGateway({ perMessageDeflate: compress })(Gateway);
  Module({ providers: [Gateway] })(Root);
  const app = await NestFactory.create(Root, new ExpressAdapter(), { logger: false });
  app.useWebSocketAdapter(new WsAdapter(app));
  return {
    ...(await listening(app.getHttpServer() as Server, () => app.listen(0, '127.0.0.1'))),
    publish(channel, text) {
      const message = Buffer.from(text);
      for (const webSocket of listeners.of(channel)) webSocket.send(message, { binary: false });
    },
  };
}
