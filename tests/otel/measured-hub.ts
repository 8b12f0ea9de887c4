import type { Clock } from '@rt/core';
import { channel, createHub, defineChannels, ephemeral } from '@rt/core';
import { instrument } from '@rt/otel';
import { createVirtualClock } from '@rt/testkit';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { ReplaceableBroker } from '../support/replaceable-broker.ts';
import { closeUnder, settle } from '../support/settle.ts';
import { SimulatedPeer } from '../support/simulated-peer.ts';
import { SimulatedSession } from '../support/simulated-session.ts';
import { Collector } from './collector.ts';

const channels = defineChannels({
  'secret-room:{id}': channel({
    events: { said: z.string().max(9), typing: ephemeral(z.string()) },
    keep: { count: 2 },
    subscribe: 'anyone',
    send: 'anyone',
    presence: {},
  }),
  broken: channel({
    events: { said: z.string() },
    subscribe: () => {
      throw new Error('the rule is broken');
    },
  }),
});

export const room = 'secret-room:1';
const user = { id: 'secret-user' };

/** A hub under a virtual clock, and what the SDK would export of it. Its errors are printed nowhere. */
export function measuredHub() {
  const clock = createVirtualClock();
  let looks = 0;
  const counted: Clock = {
    ...clock,
    now() {
      looks += 1;
      return clock.now();
    },
  };
  const broker = new ReplaceableBroker();
  const hub = createHub({ channels, broker, heartbeat: false, runtime: { clock: counted }, observe: () => {} });
  const collector = new Collector();
  const stop = instrument(hub, collector);
  onTestFinished(async () => {
    await closeUnder(clock, hub);
    await collector.close();
  });
  const due = (): Promise<void> => settle(clock);

  return {
    hub,
    clock,
    broker,
    collector,
    /** Lets everything happen that is due. */
    due,
    /** Takes the instruments away. */
    stop,
    /** How often the time was asked for. */
    looks: () => looks,
    async stream(query = `channel=${room}`): Promise<SimulatedPeer> {
      const peer = new SimulatedPeer(query);
      await hub.handle(peer, () => user);
      await due();
      return peer;
    },
    /** So many readers, of nobody in particular. */
    async crowd(count: number): Promise<void> {
      for (let n = 0; n < count; n += 1) await hub.handle(new SimulatedPeer(`channel=${room}`), () => null);
      await due();
    },
    async session(connect: Readonly<Record<string, unknown>> = {}): Promise<SimulatedSession> {
      const opened = await SimulatedSession.open(hub, user, connect);
      await due();
      return opened;
    },
    /** A poll that waits. */
    async poll(query: string): Promise<void> {
      const peer = new SimulatedPeer(`channel=${room}&wait=30${query}`, { accept: 'application/json' });
      await hub.handle(peer, () => null);
    },
    /** Publishes, each in a turn of its own. */
    async publish(count = 1, options: { readonly key?: string } = {}): Promise<string> {
      let position = '';
      for (let n = 0; n < count; n += 1) {
        position = await hub.channel(room).publish('said', `${n}`, options);
        await due();
      }
      return position;
    },
  };
}
