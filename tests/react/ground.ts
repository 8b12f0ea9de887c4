import type { HubEvent } from '@rt/core';
import { within } from '@rt/testkit';
import { createHooks } from '@rt/react';
import type { channels } from '../client/ground.ts';
import { ground } from '../client/ground.ts';

/** The hooks of the tests: their client is in an `RtProvider`. */
export const {
  RtProvider,
  useChannel,
  useChannelState,
  useChannelStatus,
  useClient,
  useConnection,
  useMembership,
  usePending,
  usePresence,
  usePublications,
} = createHooks<typeof channels>();

/** A hub with a client, and what the hub has observed of it. */
export async function reactGround() {
  const told: string[] = [];
  let wake = (): void => {};
  const observe = (event: HubEvent): void => {
    if (event.type === 'subscribed' || event.type === 'unsubscribed') told.push(`${event.type} ${event.channel}`);
    wake();
  };
  const around = await ground({ observe });
  const hub = around.hub();
  return {
    ...around,
    rt: around.client('websocket'),
    /** Which subscriptions were made and left, in their order. */
    told,
    async toldSo(wanted: string): Promise<void> {
      while (!told.includes(wanted)) {
        await within(`"${wanted}", after "${told.join(', ')}"`, new Promise<void>((resolve) => (wake = resolve)));
      }
    },
    /** Publishes numbers to the room, one after the other. */
    async say(...numbers: readonly number[]): Promise<void> {
      for (const number of numbers) await hub.channel('room:1').publish('said', number);
    },
  };
}
