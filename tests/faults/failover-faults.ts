import { createPublisher } from '@rt/core';
import { redisBroker } from '@rt/redis';
import { Redis } from 'ioredis';
import { eventually } from '../support/eventually.ts';
import { RedisCluster } from '../support/redis-cluster.ts';
import { clients, clusterClients, sentinelClients } from '../support/redis-clients.ts';
import { RedisFailover } from '../support/redis-failover.ts';
import type { RedisProxy } from '../support/redis-proxy.ts';
import { redisProxy } from '../support/redis-proxy.ts';
import type { RedisServer } from '../support/redis-server.ts';
import type { Fault, Witness } from './fault-round.ts';
import { channels } from './fault-round.ts';
import { none, one, perhaps } from './redis-faults.ts';

/** A replica takes the place of its master, to which the nodes' road leads from then on. */
function takeover(
  name: string,
  gaps: Fault['gaps'],
  happen: (servers: RedisFailover, proxy: RedisProxy, witness: Witness) => Promise<unknown>,
): Fault {
  return {
    name,
    gaps,
    clients,
    async prepare() {
      const servers = await RedisFailover.start('without one');
      const proxy = await redisProxy(servers.master.port);
      return {
        ports: [proxy.port],
        async happen(witness) {
          await happen(servers, proxy, witness);
          proxy.cut();
          await witness.noticed();
          proxy.target = servers.replica.port;
          proxy.mend();
        },
        async stop() {
          await proxy.close();
          await servers.stop();
        },
      };
    },
  };
}

/** Says more than was lost, where the nodes do not hear it. */
async function growAt({ port }: RedisServer, last: number): Promise<void> {
  const redis = new Redis(port);
  const publisher = createPublisher({ channels, broker: redisBroker({ redis }) });
  for (let n = 1; n <= 40; n += 1) await publisher.channel('log:1').publish('said', last + n / 1000);
  await publisher.close();
  redis.disconnect();
}

function sentinelFault(name: string, happen: (servers: RedisFailover, witness: Witness) => Promise<unknown>): Fault {
  return {
    name,
    gaps: perhaps,
    clients: sentinelClients,
    async prepare() {
      const servers = await RedisFailover.start('with a sentinel');
      return {
        ports: servers.sentinel === null ? [] : [servers.sentinel.port],
        happen: async (witness) => void (await happen(servers, witness)),
        stop: () => servers.stop(),
      };
    },
  };
}

/** What a fault of a cluster has in hand: the master that has the channel, its replica if there is one, and another master. */
interface House {
  readonly cluster: RedisCluster;
  readonly slot: number;
  readonly owner: RedisServer;
  readonly replica: RedisServer;
  readonly other: RedisServer;
}

function clusterFault(
  name: string,
  [gaps, replicas]: readonly [Fault['gaps'], replicas: number],
  happen: (house: House, witness: Witness) => Promise<unknown>,
): Fault {
  return {
    name,
    gaps,
    clients: clusterClients,
    async prepare() {
      const cluster = await RedisCluster.start(3, replicas);
      const [first] = cluster.masters as [RedisServer];
      const slot = Number(await cluster.admin(first).cluster('KEYSLOT', 'log:1'));
      const at = Math.floor((slot * 3) / 16_384);
      const [owner, other] = [cluster.masters[at], cluster.masters[(at + 1) % 3]] as [RedisServer, RedisServer];
      const replica = cluster.replicas[at] ?? other;
      return {
        ports: cluster.masters.map(({ port }) => port),
        happen: async (witness) => void (await happen({ cluster, slot, owner, replica, other }, witness)),
        stop: () => cluster.stop(),
      };
    },
  };
}

/** What may happen where there is somebody to take over. */
export const failoverFaults: readonly Fault[] = [
  takeover('a replica takes over that has all', none, async (servers) => {
    await servers.copied();
    await servers.promote();
    await servers.master.kill();
  }),
  takeover('a replica takes over that lacks the newest', one, async (servers, _, { stored }) => {
    await servers.promote();
    await stored(10);
    await servers.master.kill();
  }),
  takeover(
    'a replica takes over that lacks the newest, and grows before anybody looks',
    one,
    async (servers, _, { stored, last }) => {
      await servers.promote();
      await stored(10);
      await servers.master.kill();
      await growAt(servers.replica, last());
    },
  ),
  sentinelFault('a master that sentinels watch is killed', async ({ master }, { noticed, stored }) => {
    await master.kill();
    await noticed();
    await stored(5);
  }),
  clusterFault(
    'a slot goes to another master of a cluster',
    [none, 0],
    async ({ cluster, slot, owner, other }, { stored }) => {
      await cluster.move(slot, owner, other);
      await stored(10);
      await cluster.move(slot, other, owner);
      await stored(10);
    },
  ),
  clusterFault(
    'the connections for pub/sub to a master of a cluster are killed',
    [none, 0],
    async ({ cluster, owner }, { stored }) => {
      await cluster.admin(owner).call('CLIENT', 'KILL', 'TYPE', 'pubsub');
      await stored(5);
    },
  ),
  clusterFault('a master of a cluster stands still for a while', [none, 0], async ({ owner }, { noticed }) => {
    owner.signal('SIGSTOP');
    await noticed();
    owner.signal('SIGCONT');
  }),
  clusterFault(
    'a replica of a cluster takes over as it is told',
    [none, 3],
    async ({ cluster, replica }, { stored }) => {
      const admin = cluster.admin(replica);
      await admin.call('CLUSTER', 'FAILOVER');
      await eventually('it is the master', async () => (await admin.info('replication')).includes('role:master'));
      await stored(20);
    },
  ),
  clusterFault('a master of a cluster is killed', [perhaps, 3], async ({ owner }, { noticed, stored }) => {
    await owner.kill();
    await noticed();
    await stored(5);
  }),
];
