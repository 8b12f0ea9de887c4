import { Redis } from 'ioredis';
import { eventually } from './eventually.ts';
import { hasReplica, replicating } from './redis-failover.ts';
import { RedisServer } from './redis-server.ts';

const slotCount = 16_384;

/** A Redis Cluster of a test's own, whose masters have equal parts of the slots. Each replica belongs to one of them. */
export class RedisCluster {
  readonly masters: readonly RedisServer[];
  readonly replicas: readonly RedisServer[];
  readonly #admins: readonly Redis[];

  private constructor(masters: readonly RedisServer[], replicas: readonly RedisServer[]) {
    this.masters = masters;
    this.replicas = replicas;
    this.#admins = [...masters, ...replicas].map(({ port }) => {
      const admin = new Redis({ port, retryStrategy: () => 50 });
      admin.on('error', () => {});
      return admin;
    });
  }

  static async start(masterCount: number, replicaCount = 0): Promise<RedisCluster> {
    const settings = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '1000', ...replicating];
    const servers = await Promise.all(
      Array.from({ length: masterCount + replicaCount }, () => RedisServer.start(...settings)),
    );
    const cluster = new RedisCluster(servers.slice(0, masterCount), servers.slice(masterCount));
    await cluster.#meet();
    return cluster;
  }

  get ports(): readonly number[] {
    return [...this.masters, ...this.replicas].map(({ port }) => port);
  }

  /** A client for one of its servers. */
  admin(server: RedisServer): Redis {
    const admin = this.#admins[this.ports.indexOf(server.port)];
    if (admin === undefined) throw new Error('this server is of another cluster');
    return admin;
  }

  /** Gives a slot with all its keys to another master, as a reshard does. */
  async move(slot: number, from: RedisServer, to: RedisServer): Promise<void> {
    const [source, target] = [this.admin(from), this.admin(to)];
    const [sourceId, targetId] = (await Promise.all(
      [source, target].map((admin) => admin.cluster('MYID')),
    )) as string[];
    await target.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', String(sourceId));
    await source.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', String(targetId));
    const keys = (await source.call('CLUSTER', 'GETKEYSINSLOT', slot, 1000)) as string[];
    for (const key of keys) await source.call('MIGRATE', '127.0.0.1', to.port, key, 0, 5000);
    for (const admin of [target, source]) await admin.call('CLUSTER', 'SETSLOT', slot, 'NODE', String(targetId));
  }

  async stop(): Promise<void> {
    for (const admin of this.#admins) admin.disconnect();
    await Promise.all([...this.masters, ...this.replicas].map((server) => server.stop()));
  }

  async #meet(): Promise<void> {
    const size = slotCount / this.masters.length;
    for (const [at, server] of this.masters.entries()) {
      const [first, end] = [Math.ceil(at * size), Math.ceil((at + 1) * size)];
      // Redis 6.2 knows no ranges.
      await this.admin(server).call('CLUSTER', 'ADDSLOTS', ...Array.from({ length: end - first }, (_, n) => first + n));
      await this.admin(server).call('CLUSTER', 'SET-CONFIG-EPOCH', at + 1);
    }
    for (const other of this.#admins.slice(1)) await other.call('CLUSTER', 'MEET', '127.0.0.1', this.ports[0] ?? 0);
    const knowsAll = async (admin: Redis): Promise<boolean> =>
      String(await admin.call('CLUSTER', 'NODES')).split('connected').length > this.ports.length;
    await eventually('all servers know each other', async () =>
      (await Promise.all(this.#admins.map(knowsAll))).every(Boolean),
    );
    for (const [at, replica] of this.replicas.entries()) {
      const master = this.masters[at % this.masters.length];
      if (master === undefined) continue;
      await this.admin(replica).call('CLUSTER', 'REPLICATE', String(await this.admin(master).cluster('MYID')));
      await eventually('a replica follows', async () => hasReplica(await this.admin(master).info('replication')));
    }
    const isUp = async (admin: Redis): Promise<boolean> =>
      String(await admin.call('CLUSTER', 'INFO')).includes('cluster_state:ok');
    await eventually('the cluster is up', async () => (await Promise.all(this.#admins.map(isUp))).every(Boolean));
  }
}
