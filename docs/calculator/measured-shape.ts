/** What a stream costs, measured. */
export interface StreamCosts {
  /** CPU of a write that holds one publication, in µs, user and system. */
  readonly writeUs: number;
  /** CPU of each publication where many share a write, in µs. */
  readonly furtherUs: number;
  /** Bytes of a write beside its publications. */
  readonly writeBytes: number;
  /** Bytes of each publication beside its data. */
  readonly furtherBytes: number;
  /** Resident memory of an open connection, in KiB. */
  readonly connectionKiB: number;
}

/** What a poll costs, measured. */
export interface PollCosts {
  /** CPU of a poll that is answered with nothing new, behind Express, in µs. */
  readonly requestUs: number;
  /** CPU of each publication on a page, in µs. */
  readonly publicationUs: number;
  /** Bytes of an answer with nothing new, with its head. */
  readonly answerBytes: number;
  /** Bytes of each publication on a page beside its data. */
  readonly publicationBytes: number;
}

/** Where numbers come from. */
export interface Origin {
  readonly command: string;
  /** The day, as `2026-11-25`. */
  readonly measuredOn: string;
  readonly machine: string;
  readonly rounds: number;
}

/** What streams cost, and what publishing does. */
export interface Streams {
  readonly streamsBy: Origin;
  readonly websocket: StreamCosts;
  readonly sse: StreamCosts;
  /** CPU of a publication beside its writes, in µs. */
  readonly publicationUs: number;
  /** Connections that one process was seen to hold. */
  readonly heldByOneProcess: number;
}

/** What polls cost. */
export interface Polls {
  readonly pollsBy: Origin;
  readonly poll: PollCosts;
}

/** The few numbers of our own that the calculator needs. */
export interface Measured extends Streams, Polls {}
