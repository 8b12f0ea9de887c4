import type { Measured } from './measured-shape.ts';
import type { Need } from './need.ts';

/** What is chosen between. */
export type TransportName = 'websocket' | 'sse' | 'poll';

const transportNames: readonly TransportName[] = ['poll', 'sse', 'websocket'];

/** What a need comes to over one transport. Everything is for the whole audience, while it is there. */
export interface TransportLoad {
  readonly transport: TransportName;
  /** Connections that are open all the time. */
  readonly connections: number;
  readonly requestsPerSecond: number;
  /** Publications that reach a client. */
  readonly deliveredPerSecond: number;
  /** From the servers, without TLS and TCP. */
  readonly bytesPerSecond: number;
  /** Of the connections; what the app itself keeps comes on top. */
  readonly memoryBytes: number;
  /** Cores that are busy: 0.3 is 30 % of one. */
  readonly cores: number;
}

/** Polling more often than this is streaming with more steps. */
const leastPollSeconds = 1;

/** What each transport costs for a need. */
export function loadsOf(need: Need, measured: Measured): readonly TransportLoad[] {
  return transportNames.map((transport) =>
    transport === 'poll' ? pollLoad(need, measured) : streamLoad(transport, need, measured),
  );
}

/** What all clients say, a second. */
export function saidPerSecond({ clients, saysPerMinute }: Need): number {
  return (clients * saysPerMinute) / 60;
}

export function publishedPerSecond({ channels, perSecond }: Need): number {
  return channels * perSecond;
}

export function deliveredPerSecond({ clients, channelsPerClient, perSecond }: Need): number {
  return clients * channelsPerClient * perSecond;
}

function streamLoad(transport: 'websocket' | 'sse', need: Need, measured: Measured): TransportLoad {
  const { clients, channelsPerClient, perSecond, payloadBytes, lateSeconds } = need;
  const costs = measured[transport];
  const delivered = deliveredPerSecond(need);
  // What may be late is handed out together (`everyMs`): of each channel one write in that time.
  const writesPerChannel = lateSeconds > 0 ? Math.min(perSecond, 1 / lateSeconds) : perSecond;
  const writes = clients * channelsPerClient * writesPerChannel;
  const said = saidPerSecond(need);
  const saidUs = transport === 'sse' ? measured.poll.requestUs : costs.writeUs;
  const us =
    publishedPerSecond(need) * measured.publicationUs +
    writes * costs.writeUs +
    delivered * costs.furtherUs +
    said * saidUs;
  const bytes =
    writes * costs.writeBytes +
    delivered * (costs.furtherBytes + payloadBytes) +
    (transport === 'sse' ? said * measured.poll.answerBytes : 0);
  return {
    transport,
    connections: clients,
    requestsPerSecond: transport === 'sse' ? said : 0,
    deliveredPerSecond: delivered,
    bytesPerSecond: bytes,
    memoryBytes: clients * costs.connectionKiB * 1024,
    cores: us / 1e6,
  };
}

function pollLoad(need: Need, measured: Measured): TransportLoad {
  const { clients, channelsPerClient, payloadBytes, lateSeconds } = need;
  const { requestUs, publicationUs, answerBytes, publicationBytes } = measured.poll;
  const polls = (clients * channelsPerClient) / Math.max(lateSeconds, leastPollSeconds);
  const requests = polls + saidPerSecond(need);
  const delivered = deliveredPerSecond(need);
  const us = publishedPerSecond(need) * measured.publicationUs + requests * requestUs + delivered * publicationUs;
  return {
    transport: 'poll',
    connections: 0,
    requestsPerSecond: requests,
    deliveredPerSecond: delivered,
    bytesPerSecond: requests * answerBytes + delivered * (publicationBytes + payloadBytes),
    memoryBytes: 0,
    cores: us / 1e6,
  };
}
