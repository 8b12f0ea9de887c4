import type {
  AppendOptions,
  Broker,
  BrokerPage,
  BrokerSink,
  Conditional,
  Entry,
  Followed,
  Keep,
  LogView,
  Receipt,
  Start,
} from '@rt/core';
import type { Position } from '@rt/protocol';
import { RtError } from '@rt/protocol';
import type { Gates } from './gates.ts';
import type { Journal } from './journal.ts';
import type { Ledger } from './ledger.ts';
import type { Accepted } from './life.ts';
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
    replaced: (channel, log) => store.sink?.replaced(channel, log),
    troubled: (cause) => store.sink?.troubled(cause),
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
      const accepted = this.#accepted(payload, options);
      const { inner, ledger } = this.#store;
      const record = (stored: Receipt): Receipt => {
        ledger.appended(channel, accepted, stored);
        return stored;
      };
      // Both in the same tick: what was refused was so because of what was accepted before.
      return inner.append(channel, payload, options).then(record, (cause) => this.#refused(channel, accepted, cause));
    });
    await this.#gates.pass('receipt');
    return receipt;
  }

  async appendAfter(channel: string, place: Position, payload: string, options: AppendOptions): Promise<Conditional> {
    const outcome = await this.#turns.take(channel, this.#gates.pass('broker'), async () => {
      this.#check();
      const accepted = this.#accepted(payload, options);
      const { inner, ledger } = this.#store;
      const record = (settled: Conditional): Conditional => {
        ledger.appendedAfter(channel, place, accepted, settled);
        return settled;
      };
      const settled = inner.appendAfter(channel, place, payload, options);
      return settled.then(record, (cause) => this.#refused(channel, accepted, cause));
    });
    await this.#gates.pass('receipt');
    return outcome;
  }

  async pass(channel: string, payload: string, key: string | null): Promise<void> {
    this.#check();
    this.#store.ledger.passed.push({ channel, data: dataOf(payload), at: this.#journal.moment() });
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

  #refused(channel: string, accepted: Accepted, cause: unknown): never {
    if (cause instanceof RtError && cause.code === 'state_full') this.#store.ledger.refusedAsFull(channel, accepted);
    throw cause;
  }

  #accepted(payload: string, { key = null, about = null }: AppendOptions): Accepted {
    return { data: dataOf(payload), key, about, at: this.#journal.moment() };
  }

  #check(): void {
    if (this.#closed) throw new RtError('broker_failed', 'this broker is closed');
  }
}

/** A publication is a number. */
function dataOf(payload: string): number {
  return Number(payload.slice(payload.indexOf('\n') + 1));
}
