import { Inject, Injectable, Scope } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { channel, createHub, defineChannels } from '@rt/core';
import type { RtCall } from '@rt/nest';
import { RtAuthorize, RtChannel, RtModule, RtParam, RtUser } from '@rt/nest';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { User } from './mounts/room-channel.ts';
import { Diary, RoomChannel } from './mounts/room-channel.ts';
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

const ada = { user: { id: 'ada' } };

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
