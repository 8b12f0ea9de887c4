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
  Inject,
  Injectable,
  ParseIntPipe,
  Scope,
  UnauthorizedException,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { APP_GUARD, REQUEST } from '@nestjs/core';
import { MessageBody, SubscribeMessage, WsException } from '@nestjs/websockets';
import type { ChannelHandle, EventSchemas, Hub } from '@rt/core';
import { channel, createHub, defineChannels } from '@rt/core';
import type { RtCall, RtMemberChange } from '@rt/nest';
import {
  InjectHub,
  OnJoin,
  OnLeave,
  RtAuthorize,
  RtChannel,
  RtChannelRef,
  RtMember,
  RtModule,
  RtParam,
  RtPublish,
  RtUser,
} from '@rt/nest';
import type { Observable } from 'rxjs';
import { map } from 'rxjs';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { testApp } from './mounts/test-app.ts';

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

const start: typeof testApp = async (...app) => {
  const started = await testApp(...app);
  cleanUps.push(() => started.close());
  return started;
};

interface User {
  readonly id: string;
}

const ada = { user: { id: 'ada' } };
const bob = { user: { id: 'bob' } };
const mallory = { user: { id: 'mallory' } };

@Injectable()
class Diary {
  readonly lines: string[] = [];
}

/** Says what it was asked, and keeps out who is muted. */
@Injectable()
class NotMuted implements CanActivate {
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
class RoomChannel {
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
  async mayPublish(@RtUser() user: User): Promise<boolean> {
    if (user.id === 'nobody') throw new UnauthorizedException();
    return user.id === 'ada';
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

// RT-NEST-1
describe('a channel class', () => {
  // RT-NEST-1
  test('says who may subscribe, enter and send, and who may publish', async () => {
    const { rt } = await start({ providers: [RoomChannel, Diary] });
    const [one, other, nobody] = [rt.client(ada), rt.client(mallory), rt.client()];
    await one.subscribe('room:1');
    await one.enter('room:1', { name: 'Ada' });
    await one.publish('room:1', 'said', { text: 'hi', by: 'ada' });
    for (const client of [other, nobody]) {
      await expect(client.subscribe('room:1')).rejects.toMatchObject({ code: 'subscribe_denied' });
      await expect(client.send('room:1', 'say', { text: 'hi' })).rejects.toMatchObject({ code: 'send_denied' });
    }
    await expect(other.enter('room:1', { name: 'M' })).rejects.toMatchObject({ code: 'enter_denied' });
    await expect(one.subscribe('room:closed')).rejects.toMatchObject({ code: 'subscribe_denied' });
    for (const who of [bob, { user: { id: 'nobody' } }]) {
      const publishing = rt.client(who).publish('room:1', 'said', { text: 'hi', by: 'x' });
      await expect(publishing).rejects.toMatchObject({ code: 'publish_denied' });
    }
  });

  // RT-NEST-1
  test('answers what clients send, and publishes', async () => {
    const { rt } = await start({ providers: [RoomChannel, Diary] });
    const [one, two] = [rt.client(ada), rt.client(bob)];
    await two.subscribe('room:1');
    expect(await one.send('room:1', 'say', { text: 'hi' })).toEqual({ position: expect.stringMatching(/\.1$/) });
    expect(await two.next()).toMatchObject({ event: 'said', data: { text: 'hi', by: 'ada' } });
    expect(await one.send('room:1', 'recite', 'a poem')).toBe('a poem');
    expect(await two.next()).toMatchObject({ event: 'said', data: { text: 'a poem', by: 'the room' } });
  });

  // RT-NEST-2
  test('has guards, pipes, interceptors and filters at its messages', async () => {
    const { rt, app } = await start({ providers: [RoomChannel, Diary] });
    const [one, muted] = [rt.client(ada), rt.client({ user: { id: 'muted' } })];
    await expect(muted.send('room:1', 'say', { text: 'hi' })).rejects.toMatchObject({
      code: 'send_denied',
      message: expect.stringContaining('Forbidden resource'),
    });
    expect(app.get(Diary).lines).toEqual(['ws RoomChannel say']);
    expect(await one.send('room:1', 'add', { n: '41' })).toEqual({
      loud: { next: 42, params: { roomId: '1' }, same: 'room:{roomId}' },
    });
    await expect(one.send('room:1', 'add', { n: 'x' })).rejects.toMatchObject({
      code: 'event_invalid',
      message: expect.stringContaining('numeric string is expected'),
    });
    expect(await one.send('room:1', 'range', [7])).toEqual({ range: 'too far', asked: [7] });
  });

  // RT-NEST-2
  test('tells its refusals, and keeps its faults to itself', async () => {
    const { rt } = await start({ providers: [RoomChannel, Diary] });
    const one = rt.client(ada);
    const told = async (event: string): Promise<unknown> =>
      one.send('room:1', event, null).catch((error: unknown) => error);
    expect(await told('list')).toMatchObject({
      code: 'event_invalid',
      message: expect.stringContaining('no text; no name'),
    });
    expect(await told('refuse')).toMatchObject({
      code: 'event_invalid',
      message: expect.stringContaining('not today'),
    });
    expect(await told('crash')).toMatchObject({
      code: 'handler_failed',
      message: expect.not.stringContaining('business'),
    });
  });

  // RT-NEST-1
  test('is told who comes and goes, in its own channels only', async () => {
    @RtChannel('hall:{id}', { presence: z.object({ name: z.string() }), enter: 'anyone', subscribe: 'anyone' })
    class HallChannel {}
    const { rt, app } = await start({ providers: [RoomChannel, HallChannel, Diary] });
    const one = rt.client(ada);
    await one.enter('room:7', { name: 'Ada' });
    await one.enter('hall:7', { name: 'Ada' });
    await one.leave('hall:7');
    await one.leave('room:7');
    await rt.pass(1);
    expect(app.get(Diary).lines).toEqual(['joined 7 ada {"name":"Ada"}', 'left room:7 ada']);
  });
});

describe('guards of a channel class', () => {
  @UseGuards(NotMuted)
  @RtChannel('board:{id}', {
    events: { said: z.string() },
    subscribe: 'anyone',
    publish: ({ event, params }) => event === 'said' && params.id === '1',
  })
  class BoardChannel {}

  // RT-NEST-2
  test('stand before rules that the definition has, too', async () => {
    const { rt, app } = await start({ providers: [BoardChannel, Diary] });
    const muted = rt.client({ user: { id: 'muted' } });
    await expect(muted.subscribe('board:1')).rejects.toMatchObject({ code: 'subscribe_denied' });
    await expect(muted.publish('board:1', 'said', 'x')).rejects.toMatchObject({ code: 'publish_denied' });
    await rt.client(ada).subscribe('board:1');
    await rt.client(ada).publish('board:1', 'said', 'x');
    await expect(rt.client(ada).publish('board:2', 'said', 'x')).rejects.toMatchObject({ code: 'publish_denied' });
    expect(app.get(Diary).lines).toEqual(
      ['null', 'said', 'null', 'said', 'said'].map((event) => `ws BoardChannel ${event}`),
    );
  });

  // RT-NEST-2
  test('are the global ones as well', async () => {
    const { rt } = await start({
      providers: [RoomChannel, Diary, { provide: APP_GUARD, useClass: NotMuted }],
    });
    await expect(rt.client({ user: { id: 'muted' } }).subscribe('room:1')).rejects.toMatchObject({
      code: 'subscribe_denied',
    });
    await rt.client(ada).subscribe('room:1');
  });

  // RT-NEST-2
  test('that fail are a rule that has failed, and not a refusal', async () => {
    @Injectable()
    class Broken implements CanActivate {
      canActivate(): boolean {
        throw new Error('nobody’s business');
      }
    }
    @UseGuards(Broken)
    @RtChannel('board:{id}', { events: { said: z.string() }, subscribe: 'anyone' })
    class BrokenChannel {}
    const { rt } = await start({ providers: [BrokenChannel] });
    await expect(rt.client(ada).subscribe('board:1')).rejects.toMatchObject({ code: 'rule_failed' });
  });
});

// RT-NEST-6
test('a request-scoped channel class is made anew for each call, with the call as its request', async () => {
  let made = 0;
  @Injectable({ scope: Scope.REQUEST })
  class Asking {
    readonly call: RtCall;
    constructor(@Inject(REQUEST) call: RtCall) {
      this.call = call;
      made += 1;
    }
  }
  @RtChannel('board:{id}', { events: { said: z.string() } })
  class ScopedChannel {
    readonly #asking: Asking;
    constructor(asking: Asking) {
      this.#asking = asking;
    }
    @RtAuthorize()
    may(@RtUser() user: User): boolean {
      return this.#asking.call.user === user;
    }
    @SubscribeMessage('who')
    who(@MessageBody() data: unknown): object {
      return { user: this.#asking.call.user, channel: this.#asking.call.channel.name, data };
    }
  }
  const { rt } = await start({ providers: [ScopedChannel, Asking] });
  const one = rt.client(ada);
  await one.subscribe('board:1');
  for (const data of [1, 2]) {
    expect(await one.send('board:1', 'who', data)).toEqual({ user: ada.user, channel: 'board:1', data });
  }
  // The subscription, and for each message the rule and the handler.
  expect(made).toBe(5);
});

describe('a module', () => {
  const channels = defineChannels({
    'plain:{id}': channel({ events: { said: z.string() }, subscribe: 'anyone', send: 'anyone' }),
  });

  @RtChannel('plain:{id}')
  class PlainHandlers {
    @SubscribeMessage('ask')
    ask(@RtParam('id') id: string): string {
      return id;
    }
  }

  test('has channels without a class beside those with one', async () => {
    const { rt } = await start({ providers: [RoomChannel, Diary] }, { channels });
    await rt.client().subscribe('plain:1');
    await rt.client(ada).subscribe('room:1');
  });

  test('lets classes answer for a hub that is made already, and no more than that', async () => {
    const hub = createHub({ channels });
    await start({ providers: [PlainHandlers] }, { hub });
    expect(hub.channel('plain:3').pattern).toBe('plain:{id}');
    const starting = start({ providers: [RoomChannel, Diary] }, { hub: createHub({ channels }) });
    await expect(starting).rejects.toThrow(/^definition_invalid: the channel class RoomChannel/);
    const both = start({}, { hub: createHub({ channels }), channels });
    await expect(both).rejects.toThrow(/^option_invalid/);
  });

  test('refuses what is said twice', async () => {
    await expect(start({ providers: [PlainHandlers] }, { channels })).rejects.toThrow(/a definition and a class/);
    @RtChannel('room:{roomId}', { events: { said: z.string() } })
    class OtherRoom {}
    await expect(start({ providers: [RoomChannel, OtherRoom, Diary] })).rejects.toThrow(/two classes/);
    @RtChannel('twice', { events: { said: z.string() }, subscribe: 'anyone' })
    class Twice {
      @RtAuthorize('subscribe')
      may(): boolean {
        return false;
      }
    }
    await expect(start({ providers: [Twice] })).rejects.toThrow(/subscribe has a rule and a method/);
  });

  // RT-NEST-6
  test('may be made by a factory', async () => {
    @Injectable()
    class Config {
      readonly channels = channels;
    }
    const { rt } = await start({
      imports: [
        RtModule.forRootAsync({
          imports: [{ module: class ConfigModule {}, providers: [Config], exports: [Config] }],
          inject: [Config],
          useFactory: async (config: Config) => ({ channels: config.channels }),
        }),
      ],
    });
    await rt.client().subscribe('plain:1');
  });
});
