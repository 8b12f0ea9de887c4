import type { IncomingMessage } from 'node:http';
import type {
  ArgumentsHost,
  CallHandler,
  CanActivate,
  ExceptionFilter,
  ExecutionContext,
  NestInterceptor,
} from '@nestjs/common';
import { Catch, Injectable, ParseIntPipe, Scope, UseFilters, UseGuards, UseInterceptors } from '@nestjs/common';
import type { OnGatewayConnection, OnGatewayDisconnect, OnGatewayInit, WsResponse } from '@nestjs/websockets';
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
  WsException,
} from '@nestjs/websockets';
import type { Observable } from 'rxjs';
import { from, map } from 'rxjs';
import type { Server } from 'ws';
import { WebSocket } from 'ws';

@Injectable()
export class Diary {
  readonly lines: string[] = [];
}

@Injectable()
class AdultsGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.switchToWs().getData<{ readonly age: number }>().age >= 18;
  }
}

@Injectable()
class LoudInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler<WsResponse<string>>): Observable<WsResponse<string>> {
    return next.handle().pipe(map(({ event, data }) => ({ event, data: data.toUpperCase() })));
  }
}

@Catch(RangeError)
class RangeFilter implements ExceptionFilter {
  catch(error: RangeError, host: ArgumentsHost): void {
    host
      .switchToWs()
      .getClient<WebSocket>()
      .send(JSON.stringify({ event: 'range', data: error.message }));
  }
}

/** A gateway as one is written for `@nestjs/platform-ws`: nothing here knows of another adapter. */
@WebSocketGateway({ path: '/chat' })
export class ChatGateway implements OnGatewayInit, OnGatewayConnection<WebSocket>, OnGatewayDisconnect<WebSocket> {
  @WebSocketServer()
  readonly server!: Server;
  readonly diary: Diary;

  constructor(diary: Diary) {
    this.diary = diary;
  }

  afterInit(server: Server): void {
    this.diary.lines.push(`init ${typeof server.on}`);
  }

  handleConnection(client: WebSocket, request: IncomingMessage): void {
    this.diary.lines.push('connection');
    client.send(
      JSON.stringify({ event: 'hello', data: new URL(request.url ?? '', 'http://l').searchParams.get('who') }),
    );
  }

  handleDisconnect(): void {
    this.diary.lines.push('disconnect');
  }

  @SubscribeMessage('echo')
  echo(@MessageBody() data: unknown): WsResponse {
    return { event: 'echo', data };
  }

  @SubscribeMessage('plain')
  async plain(@MessageBody('text') text: string): Promise<string> {
    return text;
  }

  @SubscribeMessage('count')
  count(@MessageBody('to', ParseIntPipe) to: number): Observable<WsResponse<number>> {
    return from(Array.from({ length: to }, (_, n) => n + 1)).pipe(map((data) => ({ event: 'count', data })));
  }

  @SubscribeMessage('all')
  all(@MessageBody() data: unknown): void {
    for (const client of this.server.clients) {
      if (client.readyState === WebSocket.OPEN) client.send(JSON.stringify({ event: 'all', data }));
    }
  }

  @UseGuards(AdultsGuard)
  @SubscribeMessage('adults')
  adults(): WsResponse {
    return { event: 'adults', data: 'come in' };
  }

  @UseInterceptors(LoudInterceptor)
  @SubscribeMessage('loud')
  loud(@MessageBody() data: string): WsResponse<string> {
    return { event: 'loud', data };
  }

  @SubscribeMessage('refuse')
  refuse(): void {
    throw new WsException('not today');
  }

  @UseFilters(RangeFilter)
  @SubscribeMessage('range')
  range(): void {
    throw new RangeError('too far');
  }

  @SubscribeMessage('crash')
  crash(): void {
    throw new Error('nobody’s business');
  }

  @SubscribeMessage('nothing')
  nothing(): null {
    return null;
  }

  @SubscribeMessage('lines')
  lines(@ConnectedSocket() client: WebSocket): void {
    client.send('{"event":"lines",\n\n"data":"\\n"}');
  }

  @SubscribeMessage('close')
  close(@ConnectedSocket() client: WebSocket): void {
    client.close(4321);
  }
}

/** Another gateway at the same path, made anew for each client. */
@WebSocketGateway({ path: '/chat' })
@Injectable({ scope: Scope.REQUEST })
export class CounterGateway {
  #times = 0;

  @SubscribeMessage('times')
  times(): WsResponse<number> {
    this.#times += 1;
    return { event: 'times', data: this.#times };
  }
}
