import { RtError } from '@rt/protocol';
import type { Broker, BrokerSink } from './broker/broker.ts';
import { GuardedBroker } from './broker/guarded-broker.ts';
import type { CurrentTrace } from './channels/carried-trace.ts';
import { channelDoor } from './channels/channel-door.ts';
import type { ChannelName, Channels, EventsByPattern, EventsOf, StatesByPattern } from './channels/define-channel.ts';
import { Publisher } from './channels/publisher.ts';
import { Registry } from './channels/registry.ts';
import type { ChannelHandle } from './hub.ts';
import { limits } from './limits.ts';
import type { Observer } from './observe/observer.ts';
import { Tally } from './observe/tally.ts';

/** Options of {@link createPublisher}. */
export interface PublisherOptions<Map extends EventsByPattern, States extends StatesByPattern> {
  /** The channels of the app, as its hubs have them. */
  readonly channels: Channels<Map, States>;
  /** A way to the log that the hubs share. */
  readonly broker: Broker;
  /** The largest publication. @default 262_144, as for a hub */
  readonly maxPublicationBytes?: number;
  /** Is told what goes wrong in between. @default nobody */
  readonly observe?: Observer;
}

/** Publishes from a process that has no clients. */
export interface ChannelPublisher<Map extends EventsByPattern> {
  /** @throws RtError `channel_unknown`, `channel_invalid` */
  channel<Name extends ChannelName<Map>>(name: Name): Omit<ChannelHandle<EventsOf<Map, Name>>, 'members'>;
  /**
   * Lets publications carry the W3C `traceparent` of the span that they are made in, as `trace`. Returns how to stop.
   */
  traceWith(current: CurrentTrace): () => void;
  /** Closes the broker. */
  close(): Promise<void>;
}

/** It follows nothing, and so is told nothing. */
const nobody: Omit<BrokerSink, 'troubled'> = { appended() {}, passed() {}, replaced() {} };

/**
 * Publishes to channels, and reads them, from a worker or a script: what it publishes is delivered by the hubs that share
 * its broker's log.
 *
 * `const { channel } = createPublisher({ channels, broker: redisBroker({ redis }) })`
 *
 * @throws RtError `definition_invalid`, `option_invalid`
 */
export function createPublisher<Map extends EventsByPattern, States extends StatesByPattern>({
  channels,
  broker: given,
  maxPublicationBytes,
  observe = () => {},
}: PublisherOptions<Map, States>): ChannelPublisher<Map> {
  const registry = new Registry(channels.definitions);
  const broker = new GuardedBroker(given, observe);
  const bounds = limits(maxPublicationBytes === undefined ? {} : { maxPublicationBytes });
  const publisher = new Publisher(broker, bounds.maxPublicationBytes, new Tally());
  let closed: Promise<void> | null = null;
  const troubled = (cause: unknown): void => observe({ type: 'error', stage: 'broker', cause });
  broker.open({ ...nobody, troubled }).catch(troubled);
  function check(): void {
    if (closed !== null) throw new RtError('hub_closed', 'this publisher is closed; nothing is published any more');
  }
  // What a channel holds only its name says, and the name's type.
  return {
    channel: (name: string) => channelDoor(registry.find(name, 'app'), { publisher, broker, check }),
    traceWith: (current: CurrentTrace) => publisher.traceWith(current),
    close: () => (closed ??= broker.close()),
  } as unknown as ChannelPublisher<Map>;
}
