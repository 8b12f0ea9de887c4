import { systemClock } from '@rt/core';
import type { Address, Shard } from './cluster-slots.ts';
import { addressText, allSlots, parseSlots, slotCount } from './cluster-slots.ts';
import type { MastersClient, MastersView, RedisMaster } from './redis-master.ts';

/** A master that there is a connection to. */
export interface Master {
  readonly address: Address;
  readonly redis: RedisMaster;
  /** What it has said that it is subscribed to. */
  readonly names: Set<string>;
}

/** What becomes of the masters. */
export interface MastersEvents {
  message(name: string, text: string): void;
  /** A connection is gone, or a subscription has been taken back. */
  unsettled(cause: unknown): void;
}

/** How long a server may take for what it does at once. */
const answerWithinMs = 5000;

/** The masters that there are, and which slot each has. */
export class Masters {
  readonly #client: MastersClient;
  readonly #events: MastersEvents;
  readonly #byAddress = new Map<string, Master>();
  #owners: (Master | undefined)[] = [];
  #shards: readonly Shard[] = [];
  #closed = false;

  constructor(client: MastersClient, events: MastersEvents) {
    this.#client = client;
    this.#events = events;
  }

  get all(): readonly Master[] {
    return [...this.#byAddress.values()];
  }

  at(address: Address): Master | undefined {
    return this.#byAddress.get(addressText(address));
  }

  ownerOf(slot: number): Master | undefined {
    return this.#owners[slot];
  }

  /** What a server has said of a slot, before all is looked at anew. */
  assign(slot: number, master: Master): void {
    this.#owners[slot] = master;
  }

  /** Finds out who has what, and connects to all of them. @throws if one of them is not to be had; the others are */
  async settle(): Promise<void> {
    const views: Promise<MastersView>[] = [];
    const look = (): Promise<MastersView> => {
      if (views.length === 0) views.push(withinTime(this.#client.look(), (late) => late.close()));
      return views[0] as Promise<MastersView>;
    };
    try {
      this.#shards = await this.#look(look);
      const outcomes = await Promise.allSettled(this.#shards.map(({ address }) => this.#meet(address, look)));
      this.#place();
      const failure = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failure !== undefined) throw failure.reason;
    } finally {
      for (const view of views) void view.then((opened) => opened.close()).catch(() => {});
    }
  }

  /** Gives up a master as if it were gone. */
  drop(master: Master): void {
    master.redis.close();
    if (this.#byAddress.get(addressText(master.address)) === master)
      this.#byAddress.delete(addressText(master.address));
    this.#owners = this.#owners.map((owner) => (owner === master ? undefined : owner));
  }

  close(): void {
    this.#closed = true;
    for (const master of this.all) this.drop(master);
  }

  async #look(look: () => Promise<MastersView>): Promise<readonly Shard[]> {
    if (!this.#client.isCluster) {
      if (this.all.length > 0) return this.#shards;
      return (await look()).addresses.map((address) => ({ address, slots: allSlots }));
    }
    const asked = this.all.map(async ({ address, redis }) => parseSlots(await withinTime(ask(redis)), address));
    try {
      return await Promise.any(asked);
    } catch {
      const [address] = (await look()).addresses;
      if (address === undefined) throw new Error('the cluster has no master');
      const master = await this.#meet(address, look);
      return parseSlots(await withinTime(ask(master.redis)), address);
    }
  }

  async #meet(address: Address, look: () => Promise<MastersView>): Promise<Master> {
    const known = this.at(address);
    if (known !== undefined) return known;
    const view = await look();
    const connecting = view.connect(address, {
      message: (name, text) => this.#events.message(name, text),
      moved: () => {
        master.names.clear();
        this.#events.unsettled(null);
      },
      ended: (cause) => {
        this.drop(master);
        this.#events.unsettled(cause);
      },
    });
    const redis = await withinTime(connecting, (late) => late.close());
    const master: Master = { address, redis, names: new Set() };
    if (this.#closed) redis.close();
    else this.#byAddress.set(addressText(address), master);
    return master;
  }

  /** Those that have no slots any more are let go of. */
  #place(): void {
    const owners = Array.from<Master | undefined>({ length: slotCount });
    const stay = new Set<Master>();
    for (const { address, slots } of this.#shards) {
      const master = this.at(address);
      if (master === undefined) continue;
      stay.add(master);
      for (const [first, last] of slots) owners.fill(master, first, last + 1);
    }
    this.#owners = owners;
    for (const master of this.all) if (!stay.has(master)) this.drop(master);
  }
}

async function ask(redis: RedisMaster): Promise<unknown> {
  return redis.call(['CLUSTER', 'SLOTS']);
}

/** What takes too long fails; what comes of it later is let go of. */
async function withinTime<Value>(promise: Promise<Value>, late: (value: Value) => void = () => {}): Promise<Value> {
  return new Promise((resolve, reject) => {
    let over = false;
    const cancel = systemClock.timer(answerWithinMs, () => {
      over = true;
      reject(new Error(`Redis has not answered within ${answerWithinMs} ms`));
    });
    promise.then(
      (value) => {
        cancel();
        if (over) late(value);
        else resolve(value);
      },
      (cause: unknown) => {
        cancel();
        reject(cause instanceof Error ? cause : new Error(String(cause)));
      },
    );
  });
}
