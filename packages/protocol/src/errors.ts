import type { ErrorCode } from './codes.ts';
import { codes } from './codes.ts';

/** What an error looks like in a JSON body or a frame. */
export interface ErrorBody {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
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

  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(`${code}: ${message}`, options);
    this.code = code;
    this.retryable = codes[code].retryable;
  }

  /** The HTTP status that this error is answered with. */
  get status(): number {
    return codes[this.code].status;
  }

  /** The public part: no stack and no cause. */
  toJSON(): ErrorBody {
    return { code: this.code, message: this.message, retryable: this.retryable };
  }
}
