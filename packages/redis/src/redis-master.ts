import type { Address } from './cluster-slots.ts';

/** What one master tells. */
export interface MasterEvents {
  message(name: string, text: string): void;
  /** It has taken back a subscription, because its slot has gone to another master. */
  moved(): void;
  /** One of its connections is gone; it has given up the other one, and neither comes back. Called once. */
  ended(cause: unknown): void;
}

/** Two connections to one master, for commands and for pub/sub. What they are in the midst of when they end fails. */
export interface RedisMaster {
  call(args: readonly string[]): Promise<unknown>;
  /** The same, of a slot that is on its way to it. */
  callAsking(args: readonly string[]): Promise<unknown>;
  /** Resolves when the server has said that it is so. Sharded where `sharded` says so. */
  subscribe(name: string, sharded: boolean): Promise<void>;
  unsubscribe(name: string, sharded: boolean): Promise<void>;
  close(): void;
}

/** A look at the masters, as an app's client sees them. */
export interface MastersView {
  /** Masters that it knows; in a cluster they know the others. */
  readonly addresses: readonly Address[];
  connect(address: Address, events: MasterEvents): Promise<RedisMaster>;
  /** Lets go of what it has opened to look; masters that it has connected to stay. */
  close(): void;
}

/** An app's client that finds out by itself which masters there are. */
export interface MastersClient {
  /** Whether each master has a part of the slots, or one has all. */
  readonly isCluster: boolean;
  /** Looks anew, from what the client was given to begin with. */
  look(): Promise<MastersView>;
}
