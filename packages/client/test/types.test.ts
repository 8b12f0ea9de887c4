import { describe, expectTypeOf, test } from 'vitest';
import type { Client, Member, Publication, Store } from '@rt/client';
import { createClient } from '@rt/client';

interface Schema<Input, Output = Input> {
  readonly '~standard': { readonly types?: { readonly input: Input; readonly output: Output } | undefined };
}

/** As `typeof channels` of an app is. */
interface Channels {
  readonly types?: {
    readonly events: {
      'room:{id}': { said: Schema<{ text: string }>; joined: Schema<string | undefined, string> };
      'room:main': { only: Schema<number> };
    };
    readonly states: { 'room:{id}': Schema<{ name: string }>; 'room:main': never };
  };
}

describe('a client, as the compiler sees it', () => {
  const rt: Client<Channels> = createClient<Channels>('http://localhost/rt');
  const room = rt.channel('room:1');

  test('knows what is published where', () => {
    room.on('said', (data, publication) => {
      expectTypeOf(data).toEqualTypeOf<{ text: string }>();
      expectTypeOf(publication).toEqualTypeOf<Publication<'said', { text: string }>>();
    });
    room.onAny((publication) => {
      if (publication.event === 'joined') expectTypeOf(publication.data).toEqualTypeOf<string>();
    });
    expectTypeOf(room.publish).parameter(0).toEqualTypeOf<'said' | 'joined'>();
    expectTypeOf(room.publish<'joined'>)
      .parameter(1)
      .toEqualTypeOf<string | undefined>();
    expectTypeOf(room.presence.members).toEqualTypeOf<readonly Member<{ name: string }>[]>();
    expectTypeOf(rt.channel('room:main').publish).parameter(0).toEqualTypeOf<'only'>();
    expectTypeOf(rt).toExtend<Store<Client<Channels>['status']>>();
  });

  test('knows what the state option has read', () => {
    const loaded = async () => ({ state: { total: 1 }, position: 'e.1' });
    rt.channel('room:1', { state: loaded }).onState((state) => {
      expectTypeOf(state).toEqualTypeOf<{ total: number }>();
    });
  });

  // RT-CLIENT-4
  test('refuses what no definition has', () => {
    const refused = (): unknown[] => [
      // @ts-expect-error no definition matches the name
      rt.channel('rom:1'),
      // @ts-expect-error the channel has no such event
      room.on('sad', () => {}),
      // @ts-expect-error the channel has no such event
      room.publish('sad', 1),
      // @ts-expect-error the event holds something else
      room.publish('said', { text: 1 }),
      // @ts-expect-error the most exact definition has other events
      rt.channel('room:main').publish('said', { text: 'x' }),
      // @ts-expect-error members show something else
      room.presence.enter({ nam: 'Ada' }),
    ];
    expectTypeOf(refused).returns.toEqualTypeOf<unknown[]>();
  });
});
