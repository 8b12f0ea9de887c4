import { Redis } from 'ioredis';
import { eventually } from './eventually.ts';
import { RedisServer } from './redis-server.ts';

/** Whether a replica has said that it has all: until then nothing new is copied to it. */
export function hasReplica(info: string): boolean {
  return /state=online,offset=[1-9]/.test(info);
}

/** What a master needs that is followed at once. */
export const replicating: readonly string[] = ['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'];

/** A master of a test's own, with one replica, and with a sentinel if it is asked for. */
export class RedisFailover {
  readonly master: RedisServer;
  readonly replica: RedisServer;
  readonly sentinel: RedisServer | null;
  readonly #admins: readonly Redis[];

  private constructor(master: RedisServer, replica: RedisServer, sentinel: RedisServer | null) {
    this.master = master;
    this.replica = replica;
    this.sentinel = sentinel;
    this.#admins = [master, replica].map(({ port }) => {
      const admin = new Redis({ port, retryStrategy: () => 50 });
      admin.on('error', () => {});
      return admin;
    });
  }

  static async start(how: 'with a sentinel' | 'without one'): Promise<RedisFailover> {
    const master = await RedisServer.start(...replicating);
    const replica = await RedisServer.start('--replicaof', `127.0.0.1 ${master.port}`);
    const atMaster = new Redis(master.port);
    await eventually('the replica follows', async () => hasReplica(await atMaster.info('replication')));
    atMaster.disconnect();
    const lines = [
      `sentinel monitor main 127.0.0.1 ${master.port} 1`,
      'sentinel down-after-milliseconds main 300',
      'sentinel failover-timeout main 3000',
    ];
    const sentinel = how === 'without one' ? null : await RedisServer.sentinel(lines);
    if (sentinel !== null) {
      const asked = new Redis(sentinel.port);
      await eventually('the sentinel knows the replica', async () =>
        String(await asked.call('SENTINEL', 'REPLICAS', 'main')).includes(String(replica.port)),
      );
      asked.disconnect();
    }
    return new RedisFailover(master, replica, sentinel);
  }

  /** Resolves when the replica has all; nothing is written from then on. */
  async copied(): Promise<void> {
    const [master] = this.#admins;
    await master?.call('CLIENT', 'PAUSE', 60_000, 'WRITE');
    await master?.call('WAIT', 1, 10_000);
  }

  /** The replica follows nobody any more. */
  async promote(): Promise<void> {
    const [, replica] = this.#admins;
    await replica?.call('REPLICAOF', 'NO', 'ONE');
  }

  async stop(): Promise<void> {
    for (const admin of this.#admins) admin.disconnect();
    for (const server of [this.sentinel, this.master, this.replica]) await server?.stop();
  }
}
