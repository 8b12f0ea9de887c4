import type { Member, OptimisticEntry, Publication, RtError } from '@rt/client';
import { describe, expectTypeOf, test } from 'vitest';
import {
  useChannel,
  useChannelState,
  useChannelStatus,
  useMembership,
  usePending,
  usePresence,
  usePublications,
} from './ground.ts';

/** Never called: what is in it is for the compiler. */
function typed(_component: () => void): void {}

describe('types', () => {
  // RT-REACT-6
  test('channels, events and payloads are those of the server', () => {
    typed(function Room() {
      const id: string = 'lobby';
      const room = useChannel(`room:${id}`, {
        on: {
          said(data, { event, position }) {
            expectTypeOf(data).toEqualTypeOf<number>();
            expectTypeOf(event).toEqualTypeOf<'said'>();
            expectTypeOf(position).toEqualTypeOf<string | null>();
          },
          drawn: (data) => expectTypeOf(data).toEqualTypeOf<Uint8Array<ArrayBuffer>>(),
        },
        onAny(publication) {
          if (publication.event === 'counted') expectTypeOf(publication.data).toEqualTypeOf<{ n: number }>();
        },
      });
      expectTypeOf(room.publish('said', 1)).toEqualTypeOf<Promise<string | null>>();
      expectTypeOf(usePublications('room:1', { event: 'said' })).toEqualTypeOf<
        readonly Publication<'said', number>[]
      >();
      expectTypeOf(usePublications('board:1')).toEqualTypeOf<
        readonly Publication<'moved', { card: string; to: number }>[]
      >();
      expectTypeOf(useChannelState('board:1', (sum, { data }) => sum + data.to, 0)).toEqualTypeOf<number>();
      expectTypeOf(usePending('board:1')).toEqualTypeOf<
        readonly OptimisticEntry<'moved', { card: string; to: number }>[]
      >();
      expectTypeOf(usePresence('room:1', { enter: { name: 'Ada' } }).members).toEqualTypeOf<
        readonly Member<{ name: string }>[]
      >();
      expectTypeOf(useMembership('room:1', null)).toEqualTypeOf<RtError | null>();
    });
  });

  test('what the server does not know is refused', () => {
    typed(function Wrong() {
      // @ts-expect-error -- no channel matches
      useChannel('rooom:1');
      // @ts-expect-error -- no channel matches
      useChannelStatus('lobby');
      // @ts-expect-error -- no such event
      useChannel('room:1', { on: { moved: () => {} } });
      // @ts-expect-error -- a number is said
      useChannel('room:1', { on: { said: (data: string) => data } });
      // @ts-expect-error -- a number is said
      void useChannel('room:1').publish('said', 'one');
      // @ts-expect-error -- no such event
      usePublications('room:1', { event: 'moved' });
      // @ts-expect-error -- members show a name
      usePresence('room:1', { enter: { nick: 'Ada' } });
      // @ts-expect-error -- a reducer gives what it was given
      useChannelState('room:1', (sum: number) => String(sum), 0);
    });
  });
});
