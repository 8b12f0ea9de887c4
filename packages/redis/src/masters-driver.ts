import { RtError, systemClock } from '@rt/core';
import { redirectionOf, slotOf } from './cluster-slots.ts';
import type { Master } from './masters.ts';
import { Masters } from './masters.ts';
import type { DriverEvents, RedisDriver } from './redis-driver.ts';
import { byName } from './redis-driver.ts';
import type { MastersClient } from './redis-master.ts';
import type { Script } from './script.ts';
import { shardedScript } from './script.ts';

/** How often a command is sent elsewhere before it fails. */
const maxHops = 8;
/** How long it takes until what has failed is tried again: at first, and at most. */
const minPauseMs = 50;
const maxPauseMs = 1000;

/**
 * Where there are several masters, or where it is found out who is one. It has connections of its own to each, and subscribes
 * where the slot of a name is. What is sent is sent once, unless the server says that it has not been done.
 */
export class MastersDriver implements RedisDriver {
  readonly #client: MastersClient;
  readonly #names = new Set<string>();
  #masters: Masters | null = null;
  #events: DriverEvents | null = null;
  /** Whether pub/sub stays with the master that has the slot; `null` until that is known. */
  #sharded: boolean | null = null;
  #settling: Promise<void> | null = null;
  #isLost = false;
  #pauseMs = minPauseMs;
  #cancel = (): void => {};

  constructor(client: MastersClient) {
    this.#client = client;
  }

  async open(events: DriverEvents): Promise<void> {
    this.#events = events;
    this.#masters = new Masters(this.#client, {
      message: (name, text) => this.#events?.message(name, text),
      unsettled: (cause) => this.#unsettled(cause),
    });
    this.#isLost = true;
    // Where nobody is there yet, it goes on by itself.
    await this.#tryToSettle();
  }

  async run(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    const { sha, text } = this.#sharded === true ? shardedScript(script) : script;
    const slot = slotOf(keys[0] ?? '');
    const rest = [String(keys.length), ...keys, ...args];
    return byName(
      () => this.#call(slot, ['EVALSHA', sha, ...rest]),
      () => this.#call(slot, ['EVAL', text, ...rest]),
    );
  }

  async publish(channel: string, text: string): Promise<number> {
    return Number(await this.#call(slotOf(channel), [this.#sharded === true ? 'SPUBLISH' : 'PUBLISH', channel, text]));
  }

  async subscribe(name: string): Promise<void> {
    const isNew = !this.#names.has(name);
    this.#names.add(name);
    try {
      for (let hop = 0; !(await this.#placed(name, hop)); hop += 1) await this.#settle();
    } catch (cause) {
      if (isNew) this.#names.delete(name);
      throw cause;
    }
  }

  async unsubscribe(name: string): Promise<void> {
    this.#names.delete(name);
    const holders = this.#own().all.filter(({ names }) => names.delete(name));
    await Promise.all(holders.map(({ redis }) => redis.unsubscribe(name, this.#sharded === true)));
  }

  /** By then it is time to look around. */
  probeNames(base: string): readonly string[] {
    if (this.#client.isCluster) void this.#tryToSettle();
    const masters = this.#masters;
    const names = new Map<Master, string>();
    for (let n = 0; masters !== null && names.size < masters.all.length && n < 100_000; n += 1) {
      const name = `${base}:{${n}}`;
      const owner = masters.ownerOf(slotOf(name));
      if (owner !== undefined && !names.has(owner)) names.set(owner, name);
    }
    return [...names.values()];
  }

  async renew(name: string): Promise<void> {
    const masters = this.#own();
    const master = masters.ownerOf(slotOf(name));
    if (master === undefined) return;
    masters.drop(master);
    this.#unsettled(null);
  }

  async close(): Promise<void> {
    this.#cancel();
    this.#masters?.close();
    this.#masters = null;
    this.#events = null;
  }

  #own(): Masters {
    if (this.#masters === null) throw new RtError('hub_closed', 'this broker is not open');
    return this.#masters;
  }

  async #call(slot: number, args: readonly string[]): Promise<unknown> {
    const masters = this.#own();
    let asking: Master | undefined;
    for (let hop = 0; ; hop += 1) {
      const master = asking ?? masters.ownerOf(slot);
      if (master === undefined) throw new Error('there is no connection to the master that has this slot');
      try {
        return await (asking === undefined ? master.redis.call(args) : master.redis.callAsking(args));
      } catch (cause) {
        if (cause instanceof Error && cause.message.startsWith('READONLY')) this.#demoted(master);
        const redirection = redirectionOf(cause, master.address);
        if (redirection === null || hop >= maxHops) throw cause;
        asking = undefined;
        if (redirection.type === 'again') {
          await pause(minPauseMs);
          continue;
        }
        if (masters.at(redirection.address) === undefined) await this.#settle();
        const other = masters.at(redirection.address);
        if (other === undefined) throw cause;
        if (redirection.type === 'ask') asking = other;
        else {
          masters.assign(slot, other);
          this.#unsettled(null);
        }
      }
    }
  }

  /** Whether the master that has its slot has said that it is subscribed to. */
  async #placed(name: string, hop: number): Promise<boolean> {
    const master = this.#own().ownerOf(slotOf(name));
    try {
      if (master === undefined) throw new Error('there is no connection to the master that has this slot');
      await this.#ensure(master, name);
      return true;
    } catch (cause) {
      if (hop >= maxHops || (master !== undefined && redirectionOf(cause, master.address) === null)) throw cause;
      return false;
    }
  }

  async #ensure(master: Master, name: string): Promise<void> {
    if (master.names.has(name)) return;
    await master.redis.subscribe(name, this.#sharded === true);
    master.names.add(name);
  }

  /** It is no master any more: who is, is found out by connecting anew. */
  #demoted(master: Master): void {
    this.#own().drop(master);
    this.#unsettled(null);
  }

  #unsettled(cause: unknown): void {
    if (this.#masters === null) return;
    if (cause !== null) this.#events?.failed(cause);
    this.#lose();
    this.#later(0);
  }

  #lose(): void {
    if (!this.#isLost) this.#events?.lost();
    this.#isLost = true;
  }

  #later(afterMs: number): void {
    this.#cancel();
    this.#cancel = systemClock.timer(afterMs, () => void this.#tryToSettle());
  }

  async #tryToSettle(): Promise<void> {
    try {
      await this.#settle();
    } catch (cause) {
      if (this.#masters === null) return;
      this.#events?.failed(cause);
      this.#later(this.#pauseMs);
    }
  }

  /** Finds out who has what, and subscribes there to all that is wanted. */
  async #settle(): Promise<void> {
    this.#settling ??= this.#settleNow().finally(() => (this.#settling = null));
    return this.#settling;
  }

  async #settleNow(): Promise<void> {
    const masters = this.#own();
    const [met] = await Promise.allSettled([this.#meet(masters)]);
    const placed = await Promise.allSettled([...this.#names].map((name) => this.#move(masters, name)));
    if (this.#masters !== masters) return;
    const hasMoved = placed.some((outcome) => outcome.status === 'fulfilled' && outcome.value);
    const failure = [met, ...placed].find((outcome) => outcome.status === 'rejected');
    // What could be had is compared at once, even if something else is still missing.
    if (hasMoved || (this.#isLost && failure === undefined)) this.#events?.back();
    if (failure !== undefined) {
      this.#isLost = false;
      this.#lose();
      this.#pauseMs = Math.min(this.#pauseMs * 2, maxPauseMs);
      throw failure.reason;
    }
    this.#isLost = false;
    this.#pauseMs = minPauseMs;
  }

  async #meet(masters: Masters): Promise<void> {
    await masters.settle();
    this.#sharded ??= this.#client.isCluster && (await knowsSharded(masters.all));
  }

  /** Whether it had to be subscribed anew. */
  async #move(masters: Masters, name: string): Promise<boolean> {
    const owner = masters.ownerOf(slotOf(name));
    if (owner === undefined) throw new Error('there is no connection to the master that has a slot');
    const had = owner.names.has(name);
    await this.#ensure(owner, name);
    for (const other of masters.all) {
      if (other !== owner && other.names.delete(name))
        void other.redis.unsubscribe(name, this.#sharded === true).catch(() => {});
    }
    return !had;
  }
}

/** Sharded pub/sub has come with Redis 7. */
async function knowsSharded(masters: readonly Master[]): Promise<boolean> {
  const known = masters.map(async ({ redis }) => {
    const [info] = (await redis.call(['COMMAND', 'INFO', 'SSUBSCRIBE'])) as readonly unknown[];
    return info !== null && info !== undefined;
  });
  return (await Promise.all(known)).every(Boolean);
}

async function pause(forMs: number): Promise<void> {
  await new Promise<void>((resolve) => void systemClock.timer(forMs, resolve));
}
