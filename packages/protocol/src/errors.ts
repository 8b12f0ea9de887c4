import type { ErrorCode } from './codes.ts';

/** The codes after which one may come back with the same. A client carries these, and not the table. */
const retryable: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'hub_closed',
  'body_incomplete',
  'session_unknown',
  'session_lost',
  'peer_silent',
  'connection_lost',
  'broker_failed',
  'rule_failed',
  'handler_failed',
  'internal',
  'rate_limited',
  'connections_too_many',
  'server_busy',
]);

/** What stands in the way of a publication that was to be the next one after a position. */
export interface ConflictBody {
  /** The place of the newest publication, printed: to be passed with the next attempt. */
  readonly position: string;
  /** The newest publication, or `null` if it is no longer kept. */
  readonly newest: { readonly event: string; readonly data?: unknown; readonly base64?: string } | null;
}

/** What an error looks like in a JSON body or a frame. */
export interface ErrorBody {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  /** The time to wait, where it is known. */
  readonly retryInMs?: number;
  /** With `conflict` only. */
  readonly conflict?: ConflictBody;
}

/** What an error may carry besides its code and message. */
export interface RtErrorOptions {
  readonly cause?: unknown;
  readonly retryInMs?: number;
  readonly conflict?: ConflictBody;
  /** @default as the code's row in the table says */
  readonly retryable?: boolean;
}

/**
 * The only error that @rt throws or answers. The message says what was expected, what came and what to do, and begins
 * with the code, so that it can be searched for.
 */
export class RtError extends Error {
  override readonly name = 'RtError';
  readonly code: ErrorCode;
  /** Whether the same request may succeed later without a change. */
  readonly retryable: boolean;
  /** How long to wait before that, in milliseconds, or `null` where it is not known. */
  readonly retryInMs: number | null;
  /** With `conflict`: what is newer. */
  readonly conflict: ConflictBody | null;

  constructor(code: ErrorCode, message: string, options: RtErrorOptions = {}) {
    super(`${code}: ${message}`, options);
    this.code = code;
    this.retryable = options.retryable ?? retryable.has(code);
    this.retryInMs = options.retryInMs ?? null;
    this.conflict = options.conflict ?? null;
  }

  /** An error as it came from the other side, which may know codes that are not known here. */
  static of({ code, message, ...rest }: ErrorBody): RtError {
    return new RtError(code, message.startsWith(`${code}: `) ? message.slice(code.length + 2) : message, rest);
  }

  /** The public part: no stack and no cause. */
  toJSON(): ErrorBody {
    const { code, message, retryable, retryInMs, conflict } = this;
    return {
      code,
      message,
      retryable,
      ...(retryInMs !== null && { retryInMs }),
      ...(conflict !== null && { conflict }),
    };
  }
}
