/**
 * The one table of error codes: the HTTP `status` each is answered with, whether the same request may succeed later
 * without a change (`retryable`), and what it means. `docs/reference/codes.md` shows the same; a test compares them.
 */
export const codes = {
  channel_missing: { status: 400, retryable: false, means: 'The request names no channel.' },
  channel_invalid: { status: 400, retryable: false, means: 'The channel name has a bad character, segment or length.' },
  channel_unknown: { status: 404, retryable: false, means: 'No definition matches the channel name.' },
  channels_too_many: { status: 400, retryable: false, means: 'The request names more channels than it may.' },
  subscribe_denied: { status: 403, retryable: false, means: 'The channel’s subscribe rule did not allow this user.' },
  position_invalid: { status: 400, retryable: false, means: 'The position was not printed by this server’s kind.' },
  parameter_invalid: {
    status: 400,
    retryable: false,
    means: 'A query parameter is out of its range or contradicts another.',
  },
  method_unsupported: { status: 405, retryable: false, means: 'The URL does not speak this HTTP method.' },
  accept_unsupported: {
    status: 406,
    retryable: false,
    means: 'The URL speaks none of the media types that were asked for.',
  },
  upgrade_unavailable: {
    status: 426,
    retryable: false,
    means: 'The URL was asked for a protocol that it does not speak.',
  },
  body_too_large: { status: 413, retryable: false, means: 'The request body is larger than the limit.' },
  body_consumed: { status: 400, retryable: false, means: 'Something read the request body before and left nothing.' },
  body_incomplete: { status: 400, retryable: true, means: 'The request ended before its body did.' },
  event_unknown: { status: 400, retryable: false, means: 'The channel’s definition has no such event.' },
  event_invalid: { status: 422, retryable: false, means: 'The data does not fit the event’s schema, or is not JSON.' },
  publication_too_large: { status: 413, retryable: false, means: 'The publication is larger than the limit.' },
  sse_field_invalid: {
    status: 500,
    retryable: false,
    means: 'An SSE field holds a character that would break the stream.',
  },
  sse_too_large: { status: 500, retryable: false, means: 'An SSE event is larger than the reader’s limit.' },
  definition_invalid: { status: 500, retryable: false, means: 'A channel definition cannot be used.' },
  option_invalid: { status: 500, retryable: false, means: 'An option has the wrong type or is out of its range.' },
  hub_closed: { status: 503, retryable: true, means: 'The hub is closing or closed.' },
  broker_failed: { status: 503, retryable: true, means: 'The broker could not do what was asked.' },
  rule_failed: { status: 500, retryable: true, means: 'The app’s own rule or user resolver threw.' },
  internal: { status: 500, retryable: true, means: 'Something failed on the server; its log says what.' },
} as const;

/** The code of an {@link RtError}. */
export type ErrorCode = keyof typeof codes;
