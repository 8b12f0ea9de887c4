import type { Probe } from './probe.ts';
import type { RemedyName } from './remedies.ts';

export type CheckName =
  | 'reach'
  | 'tls'
  | 'query'
  | 'stream'
  | 'compression'
  | 'websocket'
  | 'origin'
  | 'nodes'
  | 'long-poll'
  | 'resume'
  | 'cache'
  | 'clock'
  | 'idle';

/** What a check has found. */
export type Verdict =
  | { readonly type: 'ok'; readonly came: string }
  /** It works, and there is something to know. */
  | { readonly type: 'note'; readonly came: string; readonly advice: string }
  | { readonly type: 'fail'; readonly came: string; readonly advice: string; readonly remedy?: RemedyName }
  /** It could not be looked at. */
  | { readonly type: 'skip'; readonly why: string };

/** One question to a deployment. */
export interface Check {
  readonly name: CheckName;
  /** What is right, in words. */
  readonly expects: string;
  /** Those that must not have failed: what they have found would be found here again. All stand on `reach`. */
  readonly needs: readonly CheckName[];
  /** What is said before, of one that takes its time. */
  readonly announces?: (ground: Ground) => string;
  /** Rejects if the network does: that is a finding of this check. */
  run(ground: Ground): Promise<Verdict>;
}

/** What a check stands on. */
export interface Ground {
  readonly probe: Probe;
  /** One that may be subscribed, or `null`. */
  readonly channel: string | null;
  /** The site of the pages. */
  readonly origin: string;
  /** How long to look at a quiet connection. */
  readonly patienceMs: number;
  /** Whether a check has been made, and is right. */
  readonly passed: (name: CheckName) => boolean;
}
