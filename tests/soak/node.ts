// A node of the soak in a process of its own, as an app would have it: it is asked over its channel to the parent.
import { createServer } from 'node:http';
import type { Hub } from '@rt/core';
import { createHub } from '@rt/core';
import { realtime as expressRealtime } from '@rt/express-sse';
import type { RealtimeOptions } from '@rt/fastify';
import { realtime as fastifyRealtime } from '@rt/fastify';
import { jwt } from '@rt/jwt';
import { redisBroker } from '@rt/redis';
import express from 'express';
import Fastify from 'fastify';
import { Redis } from 'ioredis';
import { channels, secret } from './channels.ts';
import { countedClock } from './counted-clock.ts';
import { takeInventory } from './inventory.ts';
import type { Answers, Ask, FromNode, NodeOptions, ToNode, Traffic } from './node-words.ts';

const { host, port, redisPort } = JSON.parse(process.argv[2] ?? '{}') as NodeOptions;
const tell = (message: FromNode): void => void process.send?.(message);

const redis = new Redis(redisPort, '127.0.0.1');
const { clock, timers } = countedClock();
const hub = createHub({
  channels,
  broker: redisBroker({ redis, testing: { clock, serverNow: null } }),
  runtime: { clock },
  heartbeat: { everyMs: 3000 },
  reconnect: { minMs: 10, maxMs: 300 },
  presence: { graceMs: 2000 },
  auth: { tokens: jwt({ secret }) },
});
hub.on('room:{id}', 'ping', ({ data }) => data);
// That somebody listens is a path of its own.
hub.onPresence(() => {});

/** Who asks, where there is no token: as the login of an app would have found out. */
function userOf(url: string | undefined): { readonly id: string } | null {
  const id = new URL(url ?? '', 'http://x').searchParams.get('user');
  return id === null ? null : { id };
}

async function listenWithExpress(): Promise<() => Promise<unknown>> {
  const app = express();
  const rt = expressRealtime(hub, { user: (request) => userOf(request.originalUrl) });
  app.use('/rt', rt);
  const server = createServer(app);
  rt.attach(server);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeIdleConnections();
    });
}

async function listenWithFastify(): Promise<() => Promise<unknown>> {
  const app = Fastify();
  await app.register(fastifyRealtime, {
    hub: hub as unknown as RealtimeOptions['hub'],
    user: (request) => userOf(request.url),
    close: false,
  });
  await app.listen({ port, host: '127.0.0.1' });
  return () => app.close();
}

function traffic(): Traffic {
  const { published, delivered, recoveries, behind, broker, errors, gaps } = hub.measures();
  const sum = (numbers: Readonly<Record<string, number>>): number => Object.values(numbers).reduce((a, b) => a + b, 0);
  const told = Object.fromEntries(Object.entries(errors).filter(([, count]) => count > 0));
  return {
    published: published.kept + published.ephemeral,
    delivered,
    recovered: recoveries.recovered,
    behind,
    repairs: broker?.repairs ?? 0,
    errors: told,
    gaps: sum(gaps),
  };
}

async function membersOf(rooms: readonly string[]): Promise<Answers['members']> {
  const found: Record<string, readonly string[]> = {};
  for (const room of rooms) {
    const { members } = await hub.channel(room as 'room:1').members();
    found[room] = members.map(({ user }) => user);
  }
  return found;
}

async function boardOf(channel: string): Promise<Answers['board']> {
  const found: Record<string, string> = {};
  const door = hub.channel(channel as 'board:1');
  // All that is true is what comes after the place before the first.
  const after = (await door.position()).replace(/\d+$/, '0');
  for (const { event, data } of (await door.history({ after, limit: 1000 })).publications) {
    if (event === 'moved') found[data.card] = `${data.by} ${data.n}`;
    else delete found[data.card];
  }
  return found;
}

async function publish({ channel, event, by, count, fillBytes, card }: Ask & { readonly type: 'publish' }) {
  const positions: (string | null)[] = [];
  const fill = fillBytes > 0 ? { fill: 'x'.repeat(fillBytes) } : {};
  const door = (hub as unknown as Hub).channel(channel);
  for (let n = 1; n <= count; n += 1) {
    positions.push(await door.publish(event, { by, n, ...fill, ...(card !== null && { card }) }));
  }
  return positions;
}

async function answerTo(ask: ToNode): Promise<Answers[Ask['type']]> {
  switch (ask.type) {
    case 'inventory': {
      const { connections, subscriptions, waitingBytes } = hub.measures();
      const open = Object.values(connections).reduce((sum, count) => sum + count, 0);
      const counts = {
        connections: open,
        subscriptions,
        'bytes that wait': waitingBytes,
        'timers of the hub': timers(),
      };
      return { inventory: await takeInventory(counts), traffic: traffic() };
    }
    case 'members':
      return membersOf(ask.rooms);
    case 'board':
      return boardOf(ask.channel);
    case 'publish':
      return publish(ask);
  }
}

const stop = await (host === 'Express' ? listenWithExpress() : listenWithFastify());
process.on('message', (ask: ToNode) => {
  answerTo(ask).then(
    (answer) => tell({ type: 'answer', id: ask.id, answer }),
    (cause: unknown) => tell({ type: 'answer', id: ask.id, answer: null, error: String(cause) }),
  );
});
// Whoever has started it is gone.
const abandon = (): void => process.exit(3);
process.once('disconnect', abandon);
// It ends by itself when nothing is left that keeps it, as any process that has closed what it had opened.
process.once('SIGTERM', () => {
  process.off('disconnect', abandon);
  void hub.close({ withinMs: 2000 }).then(async () => {
    await stop();
    redis.disconnect();
    process.disconnect?.();
  });
});
tell({ type: 'listens' });
