import type { GapReason } from '@rt/protocol';
import type { BrokerMeasures } from '../broker/broker.ts';
import type { Parts } from '../parts.ts';
import type { ErrorStage, TransportName } from './observer.ts';
import type { Recovery } from './tally.ts';

/**
 * What a node does, in numbers: to be logged, shown or handed to a collector. What has happened is counted since the hub
 * was made, and only rises; what is there is counted at this moment. No number belongs to one channel or user.
 */
export interface Measures {
  /** Open connections, by how their peers are served. */
  readonly connections: Readonly<Record<TransportName, number>>;
  /** Open connections that are still to be told to go, or to go, while the hub closes; 0 before. */
  readonly draining: number;
  /** Bytes that were written to connections and that their peers have not taken. Replies and pages are not in it. */
  readonly waitingBytes: number;
  /** Channels that connections read, each counted once for each connection. */
  readonly subscriptions: number;
  /** Those among them that have not been given everything because their peers read too slowly, or poll and are away. */
  readonly behind: number;
  /** Publications that were made on this node, by its code or its clients, without repetitions. */
  readonly published: { readonly kept: number; readonly ephemeral: number };
  /** Publications that were handed to connections: to each of a thousand readers is a thousand. Pages are not in it. */
  readonly delivered: number;
  /** Subscriptions that began after a position, by how that went. Polls and pages are not in it. */
  readonly recoveries: Readonly<Record<Recovery, number>>;
  /** Gaps that subscribers were told, when they came or because they were too slow. */
  readonly gaps: Readonly<Record<GapReason, number>>;
  /** Errors that the observer was told, by where they came from. */
  readonly errors: Readonly<Record<ErrorStage, number>>;
  /** What `health()` says. */
  readonly ready: boolean;
  /** What the broker has to say; `null` if nothing. */
  readonly broker: BrokerMeasures | null;
}

/** Makes a snapshot, in time that grows with the number of subscriptions. */
export function measures(
  { settings: { tally }, delivery, broker, closing }: Pick<Parts, 'settings' | 'delivery' | 'broker' | 'closing'>,
  ready: boolean,
): Measures {
  const census = delivery.census();
  const { kept, ephemeral, delivered, recoveries, gaps, errors } = tally;
  const open = Object.values(census.connections).reduce((sum, count) => sum + count, 0);
  return {
    ...census,
    draining: closing ? open : 0,
    published: { kept, ephemeral },
    delivered,
    recoveries: { ...recoveries },
    gaps: { ...gaps },
    errors: { ...errors },
    ready,
    broker: broker.measures?.() ?? null,
  };
}
