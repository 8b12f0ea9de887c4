import type { Broker, BrokerSink } from '@rt/core';
import { memoryBroker } from '@rt/core';

/** A memory broker that outlives its hubs, as an engine of its own would: each hub is given a way to it. */
export function keptBroker(): { connect(): Broker; close(): Promise<void> } {
  const inner = memoryBroker();
  let sink: BrokerSink | null = null;
  const opened = inner.open({
    appended: (channel, entry) => sink?.appended(channel, entry),
    passed: (channel, payload, key) => sink?.passed(channel, payload, key),
    replaced: (channel, log) => sink?.replaced(channel, log),
    troubled: (cause) => sink?.troubled(cause),
  });
  return {
    connect: () => {
      let own: BrokerSink | null = null;
      return {
        capabilities: inner.capabilities,
        follow: (channel, keep) => inner.follow(channel, keep),
        // What a hub that is gone lets go of is what another one may follow by now.
        unfollow: async (channel) => (sink === own ? inner.unfollow(channel) : undefined),
        append: (channel, payload, options) => inner.append(channel, payload, options),
        appendAfter: (channel, place, payload, options) => inner.appendAfter(channel, place, payload, options),
        pass: (channel, payload, key) => inner.pass(channel, payload, key),
        read: (channel, start, limit) => inner.read(channel, start, limit),
        async open(given) {
          await opened;
          own = given;
          sink = given;
        },
        async close() {
          if (sink === own) sink = null;
        },
      };
    },
    close: () => inner.close(),
  };
}
