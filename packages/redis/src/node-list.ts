import type { RedisDriver } from './redis-driver.ts';
import { script } from './script.ts';

/** Says that a node lives for so long (0: no more), and answers which live. By the server's clock. */
const stand = script(`
local node, leaseMs = ARGV[1], tonumber(ARGV[2])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if leaseMs > 0 then redis.call('ZADD', KEYS[1], now + leaseMs, node) else redis.call('ZREM', KEYS[1], node) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('PEXPIRE', KEYS[1], 86400000)
return redis.call('ZRANGE', KEYS[1], 0, -1)
`);

/** Which nodes there are: each says of itself now and then that it lives. */
export class NodeList {
  readonly #driver: RedisDriver;
  readonly #key: string;
  readonly #node: string;
  #others: readonly string[] = [];

  constructor(driver: RedisDriver, prefix: string, node: string) {
    this.#driver = driver;
    this.#key = `${prefix}{nodes}`;
    this.#node = node;
  }

  /** Those that were there when it was asked last. */
  get others(): readonly string[] {
    return this.#others;
  }

  /** Says that this node lives for so long, or no more for 0. */
  async stand(leaseMs: number): Promise<void> {
    const nodes = (await this.#driver.run(stand, [this.#key], [this.#node, String(leaseMs)])) as readonly string[];
    this.#others = nodes.filter((node) => node !== this.#node);
  }
}
