import type { Position, Start } from '@rt/protocol';
import { RtError } from '@rt/protocol';
import type { Keep } from '../log/entry.ts';
import type { Payload } from '../log/payload.ts';
import type { Observer } from '../observe/observer.ts';
import type {
  AppendOptions,
  Broker,
  BrokerCapabilities,
  BrokerMeasures,
  BrokerPage,
  BrokerSink,
  Conditional,
  Followed,
  Receipt,
} from './broker.ts';

/** A broker whose own errors are observed, and told to others as `broker_failed`: what went wrong there is not theirs. */
export class GuardedBroker implements Broker {
  /** Only where the broker's own has it: who asks for it knows by that whether it may be behind. */
  readonly catchUp?: (channel: string) => Promise<void>;
  readonly #broker: Broker;
  readonly #observe: Observer;

  constructor(broker: Broker, observe: Observer) {
    this.#broker = broker;
    this.#observe = observe;
    if (broker.catchUp !== undefined) {
      this.catchUp = (channel) => this.#guarded(channel, async () => broker.catchUp?.(channel));
    }
  }

  get capabilities(): BrokerCapabilities {
    return this.#broker.capabilities;
  }

  health(): string | null {
    return this.#broker.health?.() ?? null;
  }

  measures(): BrokerMeasures | null {
    return this.#broker.measures?.() ?? null;
  }

  async open(sink: BrokerSink): Promise<void> {
    await this.#broker.open(sink);
  }

  follow(channel: string, keep: Keep): Promise<Followed> {
    return this.#guarded(channel, () => this.#broker.follow(channel, keep));
  }

  async unfollow(channel: string): Promise<void> {
    await this.#broker.unfollow(channel);
  }

  append(channel: string, payload: Payload, options: AppendOptions): Promise<Receipt> {
    return this.#guarded(channel, () => this.#broker.append(channel, payload, options));
  }

  appendAfter(channel: string, place: Position, payload: Payload, options: AppendOptions): Promise<Conditional> {
    return this.#guarded(channel, () => this.#broker.appendAfter(channel, place, payload, options));
  }

  pass(channel: string, payload: Payload, key: string | null): Promise<void> {
    return this.#guarded(channel, () => this.#broker.pass(channel, payload, key));
  }

  read(channel: string, start: Start, limit: number): Promise<BrokerPage> {
    return this.#guarded(channel, () => this.#broker.read(channel, start, limit));
  }

  async close(): Promise<void> {
    await this.#broker.close();
  }

  async #guarded<Result>(channel: string, ask: () => Promise<Result>): Promise<Result> {
    try {
      return await ask();
    } catch (cause) {
      if (cause instanceof RtError) throw cause;
      this.#observe({ type: 'error', stage: 'broker', cause });
      throw new RtError('broker_failed', `the broker could not do what was asked for "${channel}"; try again`, {
        cause,
      });
    }
  }
}
