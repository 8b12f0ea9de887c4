/** One channel that is published to at a steady rate, whatever becomes of it. */
export interface Stream {
  readonly channel: number;
  readonly perSecond: number;
}

/** What a server publishes. */
export type Traffic =
  /** As much as the clients take: in each turn of the event loop so many publications to each of some channels, in rotation. */
  | { readonly type: 'turns'; readonly channels: number; readonly channelsPerTurn: number; readonly each: number }
  /** By the clock, and late if the server is. Latencies count from when it was due. */
  | { readonly type: 'schedule'; readonly streams: readonly Stream[] }
  /** As many as possible to the channels 1 to 10, with so many of them under way. */
  | { readonly type: 'pipelined'; readonly underWay: number }
  /** A number of publications to each channel, each channel's one after the other. */
  | { readonly type: 'each'; readonly channels: number; readonly count: number };

/** Connections that listen to the same channels; `'own'` gives each a channel of its own. */
export interface Group {
  readonly connections: number;
  readonly channels: 'own' | readonly number[];
  /** Whether its clients are in a process of their own, where those of other groups do not hold them up. @default false */
  readonly apart?: boolean;
}

/** What a server is set up with. */
export interface Setup {
  readonly payloadBytes: number;
  /** How many publications each channel keeps. */
  readonly keep: number;
  readonly compress: boolean;
  /** Where Redis listens, or `null` for a broker in memory. */
  readonly redisPort: number | null;
}

/** What a process has used and holds. */
export interface Sample {
  readonly userUs: number;
  readonly systemUs: number;
  readonly rssBytes: number;
  /** Objects, and buffers outside of the heap. */
  readonly usedBytes: number;
  /** The most resident memory since publishing began. */
  readonly peakRssBytes: number;
  /** How often the log of record was asked to read or to follow. */
  readonly reads: number;
  readonly atUs: number;
}

/** How often each channel was published to. */
export type Counts = readonly number[];

/** What is cleared away before a sample: nothing, garbage, or also the pages that it was in, as V8 does it when it is idle. */
export type Collect = 'nothing' | 'garbage' | 'pages';

export type ToServer =
  | { readonly type: 'publish'; readonly traffic: Traffic; readonly seconds: number }
  | { readonly type: 'sample'; readonly collect: Collect }
  | { readonly type: 'profile' };

export type FromServer =
  | { readonly type: 'listens'; readonly port: number }
  | { readonly type: 'published'; readonly counts: Counts; readonly elapsedUs: number }
  | { readonly type: 'sample'; readonly sample: Sample }
  | { readonly type: 'profile'; readonly path: string };

/** How a client talks to a server. */
export type WireName = 'websocket' | 'socket.io' | 'sse' | 'rt websocket' | 'rt sse';

export interface Opening {
  readonly port: number;
  readonly wire: WireName;
  readonly groups: readonly Group[];
  readonly compress: boolean;
  /** How many connections enter their first channel, if the wire can. */
  readonly members: number;
  /** Whether to close what is open, and to come back with the positions that were reached. */
  readonly resume: boolean;
}

export type ToLoad =
  | ({ readonly type: 'open' } & Opening)
  | { readonly type: 'begin'; readonly every: boolean; readonly polls: boolean }
  | { readonly type: 'expect'; readonly counts: Counts; readonly withinMs: number }
  | { readonly type: 'pause'; readonly connections: number }
  /** From now on it is no loss if a connection ends. */
  | { readonly type: 'let go' };

export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** What the clients have seen since they were told to begin. */
export interface Seen {
  readonly messages: number;
  readonly bytes: number;
  readonly reads: number;
  /** Of each group. */
  readonly latency: readonly Latency[];
  /** Connections that have not got all. */
  readonly incomplete: number;
  readonly lost: number;
  /** The first few holes, gaps and other things that must not be. */
  readonly problems: readonly string[];
  readonly cpuUs: number;
  readonly elapsedUs: number;
}

export type FromLoad =
  | { readonly type: 'opened'; readonly problems: readonly string[] }
  | { readonly type: 'begun' }
  | { readonly type: 'paused' }
  | { readonly type: 'let go' }
  | { readonly type: 'seen'; readonly seen: Seen };

/** The time of all processes of one machine. */
export function nowUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}
