/**
 * The one table of error codes. `number` is also the WebSocket close code, and its range says when to come back (see
 * {@link retryOf}); `status` is the HTTP status. What each means is in {@link meanings}.
 */
export const codes = {
  hub_closed: { number: 4000, status: 503 },
  body_incomplete: { number: 4001, status: 400 },
  session_unknown: { number: 4002, status: 410 },
  session_lost: { number: 4003, status: 410 },
  peer_silent: { number: 4004, status: 408 },
  connection_lost: { number: 4005, status: 503 },
  broker_failed: { number: 4100, status: 503 },
  rule_failed: { number: 4101, status: 500 },
  handler_failed: { number: 4102, status: 500 },
  internal: { number: 4103, status: 500 },
  rate_limited: { number: 4104, status: 429 },
  connections_too_many: { number: 4105, status: 429 },
  server_busy: { number: 4106, status: 503 },
  channel_missing: { number: 4200, status: 400 },
  channel_invalid: { number: 4201, status: 400 },
  channel_unknown: { number: 4202, status: 404 },
  channels_too_many: { number: 4203, status: 400 },
  subscribe_denied: { number: 4204, status: 403 },
  position_invalid: { number: 4205, status: 400 },
  parameter_invalid: { number: 4206, status: 400 },
  method_unsupported: { number: 4207, status: 405 },
  accept_unsupported: { number: 4208, status: 406 },
  upgrade_unavailable: { number: 4209, status: 426 },
  body_too_large: { number: 4210, status: 413 },
  body_consumed: { number: 4211, status: 400 },
  event_unknown: { number: 4212, status: 400 },
  event_invalid: { number: 4213, status: 422 },
  publication_too_large: { number: 4214, status: 413 },
  sse_field_invalid: { number: 4215, status: 500 },
  sse_too_large: { number: 4216, status: 500 },
  definition_invalid: { number: 4217, status: 500 },
  option_invalid: { number: 4218, status: 500 },
  frame_invalid: { number: 4219, status: 400 },
  frame_unknown: { number: 4220, status: 400 },
  frame_too_large: { number: 4221, status: 413 },
  connect_missing: { number: 4222, status: 400 },
  connected_already: { number: 4223, status: 400 },
  id_invalid: { number: 4224, status: 400 },
  subscribed_already: { number: 4225, status: 409 },
  publish_denied: { number: 4226, status: 403 },
  send_denied: { number: 4227, status: 403 },
  history_denied: { number: 4228, status: 403 },
  handler_unknown: { number: 4229, status: 404 },
  tokens_unsupported: { number: 4230, status: 400 },
  token_invalid: { number: 4231, status: 401 },
  token_expired: { number: 4232, status: 401 },
  permission_revoked: { number: 4233, status: 403 },
  disconnected: { number: 4234, status: 403 },
  origin_denied: { number: 4235, status: 403 },
  subprotocol_unsupported: { number: 4236, status: 400 },
  conflict: { number: 4237, status: 409 },
  state_full: { number: 4238, status: 409 },
  presence_unsupported: { number: 4239, status: 400 },
  enter_denied: { number: 4240, status: 403 },
  members_denied: { number: 4241, status: 403 },
  member_invalid: { number: 4242, status: 422 },
  client_closed: { number: 4243, status: 400 },
} as const;

/** The code of an {@link RtError}. */
export type ErrorCode = keyof typeof codes;

/**
 * What a client does about a code: `soon` it comes back with what it has, `later` it waits longer each time, `never` it
 * does not repeat the same before something has changed.
 */
export type Retry = 'soon' | 'later' | 'never';

/** What the range of a number means: 4000 to 4099 `soon`, 4100 to 4199 `later`, from 4200 `never`. */
export function retryOf(number: number): Retry {
  if (number < 4100) return 'soon';
  return number < 4200 ? 'later' : 'never';
}
