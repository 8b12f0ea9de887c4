export type { ConflictBody, ErrorBody, ErrorCode, GapReason, Member, NameOf, Params, Start } from '@rt/protocol';
export { RtError } from '@rt/protocol';
export type { AuthOptions, TokenVerifier, VerifiedToken } from './auth.ts';
export type {
  AppendOptions,
  Broker,
  BrokerCapabilities,
  BrokerMeasures,
  BrokerPage,
  BrokerSink,
  Conditional,
  Conflict,
  Followed,
  Receipt,
} from './broker/broker.ts';
export type { MemoryBrokerOptions } from './broker/memory-broker.ts';
export { memoryBroker } from './broker/memory-broker.ts';
export type {
  ChannelDefinition,
  ChannelName,
  Channels,
  EnterQuestion,
  EnterRule,
  EventsByPattern,
  EventQuestion,
  EventRule,
  EventSchemas,
  EventsOf,
  KeepOptions,
  Question,
  Register,
  Rule,
  StateOf,
  StatesByPattern,
  User,
  Verdict,
} from './channels/define-channel.ts';
export type { Answers, BusSink, NodeBus, OnGone } from './cluster/node-bus.ts';
export type { ConnectionCount, Reached } from './cluster/peers.ts';
export { channel, defineChannels } from './channels/define-channel.ts';
export type { CurrentTrace } from './channels/carried-trace.ts';
export type { Ephemeral, EphemeralOptions } from './channels/ephemeral.ts';
export { ephemeral } from './channels/ephemeral.ts';
export type { Keyed, KeyedOptions } from './channels/keyed.ts';
export { keyed } from './channels/keyed.ts';
export type { History, HistoryQuery, Publication } from './channels/history.ts';
export type { End, Framing, Session, Transport } from './delivery/transport.ts';
export type { Exchange, Head, UpgradeOptions } from './http/exchange.ts';
export type { ChannelHandle, CloseOptions, Health, Hub, PublicationOf, RequestHub, UserResolver } from './hub.ts';
export { createHub } from './create-hub.ts';
export type { PublishOptions } from './channels/channel-door.ts';
export type { ChannelPublisher, PublisherOptions } from './create-publisher.ts';
export { createPublisher } from './create-publisher.ts';
export type { AdmissionOptions, LimitOptions, RateOptions } from './limits.ts';
export type { Head as LogHead, Place } from './log/locate.ts';
export { locate } from './log/locate.ts';
export type { About, Entry, Held, Keep, Run, RunLimits } from './log/entry.ts';
export { Log, maxHeldOver } from './log/log.ts';
export type { LogView } from './log/log-view.ts';
export { StateLog } from './log/state-log.ts';
export type { Payload } from './log/payload.ts';
export type { Flushed, FlushListener } from './observe/flush-listeners.ts';
export type { Measures } from './observe/measures.ts';
export type { Recovery } from './observe/tally.ts';
export type { ErrorStage, HubEvent, Observer, TransportName } from './observe/observer.ts';
export type { HeartbeatOptions, HubOptions, HubPresenceOptions, ReconnectOptions, RuntimeOptions } from './options.ts';
export type { Members } from './presence/members.ts';
export type { MemoryPresenceOptions } from './presence/memory-presence.ts';
export { memoryPresence } from './presence/memory-presence.ts';
export type { PresenceDefinition, PresenceOptions } from './presence/presence-definition.ts';
export type { PresenceEvent, PresenceListener } from './presence/presence-listeners.ts';
export type { Attendant, PlaceView, PresenceChange, PresenceSink, PresenceStore } from './presence/presence-store.ts';
export type { Clock, Random } from './runtime/clock.ts';
export { systemClock } from './runtime/clock.ts';
export type { Handler, Sent } from './session/handlers.ts';
