import type { Broker, HubEvent } from '@rt/core';
import { channel, createHub, defineChannels, memoryBroker } from '@rt/core';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { SimulatedPeer } from '../support/simulated-peer.ts';

const channels = defineChannels({ a: channel({ events: { said: z.number() }, subscribe: 'anyone' }) });
const cause = new Error('connection refused by a host whose name is nobody’s business');

test.each(['append', 'read', 'follow'] as const)(
  'a broker whose %s fails is told as broker_failed, and observed',
  async (name) => {
    const broker: Broker = Object.assign(Object.create(memoryBroker()) as Broker, {
      open: async () => {},
      unfollow: async () => {},
      close: async () => {},
      [name]: async () => {
        throw cause;
      },
    });
    const events: HubEvent[] = [];
    const hub = createHub({ channels, broker, observe: (event) => events.push(event) });
    if (name === 'append') {
      await expect(hub.channel('a').publish('said', 1)).rejects.toMatchObject({
        code: 'broker_failed',
        retryable: true,
      });
    } else {
      const peer = new SimulatedPeer('channel=a', {
        accept: name === 'read' ? 'application/json' : 'text/event-stream',
      });
      await hub.handle(peer, () => null);
      expect([peer.head?.status, peer.body]).toEqual([503, expect.stringContaining('broker_failed')]);
      expect(peer.body).not.toContain('nobody');
    }
    expect(events).toEqual([{ type: 'error', stage: 'broker', cause }]);
    await hub.close();
  },
);
