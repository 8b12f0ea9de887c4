import { createServer } from 'node:http';
import type { Hub } from '@rt/core';
import { createHub, defineChannels } from '@rt/core';
import { realtime } from '@rt/node';
import { redisBroker } from '@rt/redis';
import type { OpenSession, TransportRig } from '@rt/testkit';
import { openOverLongPoll, openOverSse, transportSuite } from '@rt/testkit';
import { describe, test } from 'vitest';
import { listening } from '../support/listen.ts';
import { redisOfFile } from '../support/redis-of-file.ts';

const redisNow = redisOfFile();

/** Sessions are opened at one node, and every further request for them comes to another. */
function clusterRig(open: OpenSession): TransportRig {
  let cases = 0;
  const broker = (): ReturnType<typeof redisBroker> =>
    redisBroker({ redis: redisNow(), prefix: `${open.name} ${cases}:` });
  return {
    open,
    options() {
      cases += 1;
      return { broker: broker() };
    },
    async serve(hub) {
      const other = createHub({ channels: defineChannels({}), broker: broker() });
      for (const node of [hub, other]) while (!node.health().ready) await new Promise(setImmediate);
      const at = (node: Hub): ReturnType<typeof realtime> =>
        realtime(node, {
          user({ headers: { 'x-user': name } }) {
            return typeof name === 'string' ? { id: name } : null;
          },
        });
      const [first, second] = [at(hub), at(other as unknown as Hub)];
      const { port, close } = await listening(
        createServer((request, response) => {
          void (request.url?.includes('session=') === true ? second : first)(request, response);
        }),
      );
      return {
        port,
        async close() {
          await other.close({ withinMs: 100 });
          await close();
        },
      };
    },
  };
}

describe.each([
  ['SSE', openOverSse],
  ['long-poll', openOverLongPoll],
])('a session over %s whose requests come to another node', (_, open) => {
  // RT-CLUSTER-5
  transportSuite((name, run) => test(name, run, 30_000), clusterRig(open));
});
