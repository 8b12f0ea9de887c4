import type {
  ArgumentsHost,
  CallHandler,
  CanActivate,
  ExceptionFilter,
  ExecutionContext,
  NestInterceptor,
} from '@nestjs/common';
import {
  BadRequestException,
  Catch,
  Injectable,
  ParseIntPipe,
  UnauthorizedException,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { MessageBody, SubscribeMessage, WsException } from '@nestjs/websockets';
import type { ChannelHandle, EventSchemas, Hub } from '@rt/core';
import type { RtCall, RtMemberChange } from '@rt/nest';
import {
  InjectHub,
  OnJoin,
  OnLeave,
  RtAuthorize,
  RtChannel,
  RtChannelRef,
  RtMember,
  RtParam,
  RtPublish,
  RtUser,
} from '@rt/nest';
import type { Observable } from 'rxjs';
import { map } from 'rxjs';
import { z } from 'zod';

export interface User {
  readonly id: string;
}

@Injectable()
export class Diary {
  readonly lines: string[] = [];
}

/** Says what it was asked, and keeps out who is muted. */
@Injectable()
export class NotMuted implements CanActivate {
  readonly #diary: Diary;

  constructor(diary: Diary) {
    this.#diary = diary;
  }

  canActivate(context: ExecutionContext): boolean {
    const { user, event } = context.switchToWs().getClient<RtCall>();
    this.#diary.lines.push(`${context.getType()} ${context.getClass().name} ${event}`);
    return (user as User).id !== 'muted';
  }
}

@Injectable()
class Loud implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    return next.handle().pipe(map((answer) => ({ loud: answer })));
  }
}

@Catch(RangeError)
class RangeFilter implements ExceptionFilter {
  catch(error: RangeError, host: ArgumentsHost): object {
    return { range: error.message, asked: host.switchToWs().getData<unknown>() };
  }
}

@RtChannel('room:{roomId}', {
  events: { said: z.object({ text: z.string(), by: z.string() }) },
  presence: z.object({ name: z.string() }),
})
export class RoomChannel {
  readonly #diary: Diary;
  readonly #hub: Hub;

  constructor(diary: Diary, @InjectHub() hub: Hub) {
    this.#diary = diary;
    this.#hub = hub;
  }

  @RtAuthorize()
  may(@RtUser() user: User | null, @RtParam('roomId') roomId: string): boolean {
    return user !== null && user.id !== 'mallory' && roomId !== 'closed';
  }

  @RtAuthorize('publish')
  async mayPublish(@RtUser() user: User, @MessageBody('by') by: unknown): Promise<boolean> {
    if (user.id === 'nobody') throw new UnauthorizedException();
    return user.id === 'ada' && by === 'ada';
  }

  @SubscribeMessage('say')
  @UseGuards(NotMuted)
  async say(
    @MessageBody('text') text: string,
    @RtUser() { id }: User,
    @RtChannelRef() room: ChannelHandle<EventSchemas>,
  ): Promise<{ readonly position: string | null }> {
    return { position: await room.publish('said', { text, by: id }) };
  }

  @SubscribeMessage('add')
  @UseInterceptors(Loud)
  add(@MessageBody('n', ParseIntPipe) n: number, @RtParam() params: Readonly<Record<string, string>>): object {
    return { next: n + 1, params, same: this.#hub.channel('room:1').pattern };
  }

  @SubscribeMessage('range')
  @UseFilters(RangeFilter)
  range(): void {
    throw new RangeError('too far');
  }

  @SubscribeMessage('list')
  list(): void {
    throw new BadRequestException(['no text', 'no name']);
  }

  @SubscribeMessage('refuse')
  refuse(): void {
    throw new WsException('not today');
  }

  @SubscribeMessage('crash')
  crash(): void {
    throw new Error('nobody’s business');
  }

  @SubscribeMessage('recite')
  @RtPublish((text: string) => ({ channel: 'room:1', event: 'said', data: { text, by: 'the room' } }))
  recite(@MessageBody() text: string): string {
    return text;
  }

  @OnJoin()
  joined(@RtMember() { user, state }: RtMemberChange, @RtParam('roomId') roomId: string): void {
    this.#diary.lines.push(`joined ${roomId} ${user} ${JSON.stringify(state)}`);
  }

  @OnLeave()
  async left(
    @RtMember() { user }: RtMemberChange,
    @RtChannelRef() { name }: ChannelHandle<EventSchemas>,
  ): Promise<void> {
    this.#diary.lines.push(`left ${name} ${user}`);
  }
}
