import type {
  AppendOptions,
  Broker,
  BrokerPage,
  BrokerSink,
  Entry,
  Followed,
  Keep,
  LogView,
  Receipt,
  Start,
} from '@rt/core';
import { RtError } from '@rt/protocol';
import type { Gates } from './gates.ts';
import type { Journal } from './journal.ts';
import type { Ledger } from './ledger.ts';
import { Turns } from './turns.ts';

/** A memory broker that outlives its hubs, as an engine of its own would, with the truth about it. */
export interface Store {
  readonly inner: Broker;
  readonly ledger: Ledger;
  /** The sink of the hub that uses it now. */
  sink: BrokerSink | null;
  /** Every log that was ever followed: their sizes are bounded. */
  readonly logs: Set<LogView>;
}

/** Opens a store over a broker. */
export function openStore(inner: Broker, ledger: Ledger): Store {
  const store: Store = { inner, ledger, sink: null, logs: new Set() };
  void inner.open({
    appended: (channel: string, entry: Entry) => store.sink?.appended(channel, entry),
    passed: (channel, payload, key) => store.sink?.passed(channel, payload, key),
  });
  return store;
}

/**
 * One hub's way to a store. It records what is accepted, and answers as late as the gates say: `broker` before a step
 * takes effect, `receipt` after an append has, `read` with a page that is old when it arrives. Steps that concern one
 * channel keep their order.
 */
export class RecordedBroker implements Broker {
  readonly capabilities: Broker['capabilities'];
  /** What the hub follows now: nothing once it has closed. */
  readonly followed = new Set<string>();
  readonly #store: Store;
  readonly #gates: Gates;
  readonly #journal: Journal;
  readonly #turns = new Turns();
  #closed = false;

  constructor(store: Store, gates: Gates, journal: Journal) {
    this.capabilities = store.inner.capabilities;
    this.#store = store;
    this.#gates = gates;
    this.#journal = journal;
  }

  async open(sink: BrokerSink): Promise<void> {
    this.#store.sink = sink;
  }

  async follow(channel: string, keep: Keep): Promise<Followed> {
    return this.#turns.take(channel, this.#gates.pass('broker'), async () => {
      this.#check();
      this.followed.add(channel);
      const at = this.#journal.moment();
      const followed = await this.#store.inner.follow(channel, keep);
      this.#store.ledger.saw(channel, followed.epoch, at);
      this.#store.logs.add(followed.log);
      return followed;
    });
  }

  async unfollow(channel: string): Promise<void> {
    // What is let go of is let go of: nobody would try again.
    const gate = this.#gates.pass('broker')?.catch(() => {}) ?? null;
    return this.#turns.take(channel, gate, async () => {
      this.followed.delete(channel);
      if (!this.#closed) await this.#store.inner.unfollow(channel);
    });
  }

  async append(channel: string, payload: string, options: AppendOptions): Promise<Receipt> {
    const receipt = await this.#turns.take(channel, this.#gates.pass('broker'), async () => {
      this.#check();
      const at = this.#journal.moment();
      const stored = await this.#store.inner.append(channel, payload, options);
      const data = Number(payload.slice(payload.indexOf('\n') + 1));
      this.#store.ledger.appended(channel, { data, key: options.key ?? null, at }, stored);
      return stored;
    });
    await this.#gates.pass('receipt');
    return receipt;
  }

  /** The schedules do not race for places. */
  async appendAfter(): Promise<never> {
    throw new RtError('broker_failed', 'the simulated broker appends without conditions');
  }

  async pass(channel: string, payload: string, key: string | null): Promise<void> {
    this.#check();
    await this.#store.inner.pass(channel, payload, key);
  }

  async read(channel: string, start: Start, limit: number): Promise<BrokerPage> {
    this.#check();
    const at = this.#journal.moment();
    const page = await this.#store.inner.read(channel, start, limit);
    this.#store.ledger.saw(channel, page.epoch, at);
    await this.#gates.pass('read');
    return page;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#store.sink = null;
  }

  #check(): void {
    if (this.#closed) throw new RtError('broker_failed', 'this broker is closed');
  }
}
