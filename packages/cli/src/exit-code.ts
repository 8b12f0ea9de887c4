/** What the process says to the shell that has started it. */
export const exitCodes = {
  /** All is well. */
  good: 0,
  /** It has found something: the server refuses, publications are missing, a check has failed. */
  found: 1,
  /** It was called with something that it does not know. */
  usage: 2,
  /** No hub was reached at the URL. */
  unreached: 3,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** It was called with something that it does not know. The message says what, and what it takes. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** No hub was reached in time. */
export class UnreachedError extends Error {
  override readonly name = 'UnreachedError';
}
