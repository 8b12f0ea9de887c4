import type { Broker, BrokerSink, Keep } from '@rt/core';
import { memoryBroker } from '@rt/core';
import { seededRandom } from '@rt/testkit';

/** A broker whose engine may be exchanged for another one while channels are followed, as a server that is restored is. */
export class ReplaceableBroker implements Broker {
  readonly capabilities: Broker['capabilities'];
  readonly #followed = new Map<string, Keep>();
  #sink: BrokerSink | null = null;
  #engine: Broker;

  constructor() {
    this.#engine = memoryBroker({ random: seededRandom(1) });
    this.capabilities = this.#engine.capabilities;
  }

  async open(sink: BrokerSink): Promise<void> {
    this.#sink = sink;
    await this.#engine.open(this.#through(this.#engine));
  }

  /** Goes on with another engine, which may know something already. The epoch is another one with another seed. */
  async replace(seed: number, prepare: (engine: Broker) => Promise<void> = async () => {}): Promise<void> {
    const engine = memoryBroker({ random: seededRandom(seed) });
    await engine.open(this.#through(engine));
    await prepare(engine);
    this.#engine = engine;
    for (const [channel, keep] of this.#followed) {
      const { log } = await engine.follow(channel, keep);
      this.#sink?.replaced(channel, log);
    }
  }

  follow: Broker['follow'] = async (channel, keep) => {
    this.#followed.set(channel, keep);
    return this.#engine.follow(channel, keep);
  };

  unfollow: Broker['unfollow'] = async (channel) => {
    this.#followed.delete(channel);
    await this.#engine.unfollow(channel);
  };

  append: Broker['append'] = async (...asked) => this.#engine.append(...asked);
  appendAfter: Broker['appendAfter'] = async (...asked) => this.#engine.appendAfter(...asked);
  pass: Broker['pass'] = async (...asked) => this.#engine.pass(...asked);
  read: Broker['read'] = async (...asked) => this.#engine.read(...asked);
  close: Broker['close'] = async () => this.#engine.close();

  /** What an engine tells that has been exchanged reaches nobody. */
  #through(engine: Broker): BrokerSink {
    return {
      appended: (channel, entry) => void (engine === this.#engine && this.#sink?.appended(channel, entry)),
      passed: (channel, payload, key) => void (engine === this.#engine && this.#sink?.passed(channel, payload, key)),
      replaced: (channel, log) => void (engine === this.#engine && this.#sink?.replaced(channel, log)),
      troubled: (cause) => void (engine === this.#engine && this.#sink?.troubled(cause)),
    };
  }
}
