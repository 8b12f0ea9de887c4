import { Redis } from 'ioredis';
import { clients } from '../support/redis-clients.ts';
import type { RedisProxy } from '../support/redis-proxy.ts';
import { redisProxy } from '../support/redis-proxy.ts';
import { RedisServer } from '../support/redis-server.ts';
import type { Fault, Trouble, Witness } from './fault-round.ts';

/** Nothing may be lost. */
export const none: Fault['gaps'] = [[]];
/** What is lost is lost, and is told. */
export const one: Fault['gaps'] = [['epoch_changed']];
/** The newest may be lost, as it is copied only after it was answered. */
export const perhaps: Fault['gaps'] = [...none, ...one];

interface Server {
  readonly server: RedisServer;
  readonly proxy: RedisProxy;
  readonly admin: Redis;
}

/** Something that happens to one server, which the nodes reach through a proxy. */
function fault(
  name: string,
  gaps: Fault['gaps'],
  happen: (one: Server, witness: Witness) => Promise<unknown>,
  ...settings: readonly string[]
): Fault {
  return {
    name,
    gaps,
    clients,
    async prepare(): Promise<Trouble> {
      const server = await RedisServer.start(...settings);
      const proxy = await redisProxy(server.port);
      const admin = new Redis({ port: server.port, retryStrategy: () => 50 });
      admin.on('error', () => {});
      return {
        ports: [proxy.port],
        happen: async (witness) => void (await happen({ server, proxy, admin }, witness)),
        async stop() {
          admin.disconnect();
          await proxy.close();
          await server.stop();
        },
      };
    },
  };
}

const durable = ['--appendonly', 'yes', '--appendfsync', 'always'];

/** What may happen to one server. */
export const serverFaults: readonly Fault[] = [
  fault('the connections for pub/sub are killed', none, async ({ admin }, { stored }) => {
    await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await stored(5);
  }),
  fault('all connections are killed', none, async ({ admin }, { stored }) => {
    await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal');
    await stored(5);
  }),
  fault('all data is deleted', one, async ({ admin }) => admin.flushall()),
  fault('it is killed, and comes back with nothing', one, async ({ server }, { noticed }) => {
    await server.kill();
    await noticed();
    await server.start();
  }),
  fault(
    'it is killed, and comes back with its data',
    none,
    async ({ server }, { noticed }) => {
      await server.kill();
      await noticed();
      await server.start();
    },
    ...durable,
  ),
  fault('it stands still for a while', none, async ({ server }, { noticed }) => {
    server.signal('SIGSTOP');
    await noticed();
    server.signal('SIGCONT');
  }),
  fault('the network is cut for a while', none, async ({ proxy }, { noticed }) => {
    proxy.cut();
    await noticed();
    proxy.mend();
  }),
  fault('nothing arrives any more on the connections that there are', none, async ({ proxy }, { noticed }) => {
    proxy.wedge('all');
    await noticed();
  }),
  fault('nothing is heard any more on the connections for pub/sub', none, async ({ proxy }, { noticed }) => {
    proxy.wedge('subscribers');
    await noticed();
  }),
  fault('a message is lost', none, async ({ proxy }, { stored }) => {
    proxy.drop('said');
    await stored(5);
  }),
];
