import { channel, defineChannels, keyed } from '@rt/core';
import { chatChannels } from '@rt/example-fastify-chat/channels';
import { z } from 'zod';

/** What the nodes are called, in their order. */
export const nodeNames: readonly string[] = ['one', 'two', 'three'];

const nodeState = z.object({
  name: z.string(),
  /** Which of them it is, from 1. */
  number: z.number(),
  port: z.number(),
  /** Its process, or the last that it had. */
  pid: z.number(),
  state: z.enum(['up', 'starting', 'down']),
  /** Since when it is so, in milliseconds since 1970. */
  sinceMs: z.number(),
  /** When it is started again, if that is known. */
  backAtMs: z.number().nullable(),
  /** How often it was killed. */
  kills: z.number(),
});

const proxyState = z.object({ name: z.string(), port: z.number() });

export type NodeState = z.infer<typeof nodeState>;
export type ProxyState = z.infer<typeof proxyState>;

/** What the cluster says of itself, through itself. Everything listens on the loopback alone, so anybody may ask. */
export const aboutCluster = defineChannels({
  cluster: channel({
    events: {
      node: keyed(nodeState, { by: ({ name }) => name }),
      proxy: keyed(proxyState, { by: ({ name }) => name }),
    },
    keep: { newestPer: 'key' },
    subscribe: 'anyone',
    send: 'anyone',
  }),
  // Counted from one, four each second: a page sees whether any is missing or came twice.
  pulse: channel({
    events: { beat: z.object({ n: z.number(), atMs: z.number() }) },
    keep: { count: 2400, forMs: 600_000 },
    subscribe: 'anyone',
  }),
});

export type AboutCluster = typeof aboutCluster;

/** The rooms of the chat, and what the cluster says of itself. */
export function allChannels() {
  return defineChannels({ ...chatChannels(Date.now).definitions, ...aboutCluster.definitions });
}
