/**
 * The one table of error codes. `number` is also the WebSocket close code, and its range says when to come back (see
 * {@link retryOf}); `status` is the HTTP status. `docs/reference/codes.md` shows the same; a test compares them.
 */
export const codes = {
  hub_closed: { number: 4000, status: 503, means: 'The hub is closing or closed.' },
  body_incomplete: { number: 4001, status: 400, means: 'The request ended before its body did.' },
  session_unknown: {
    number: 4002,
    status: 410,
    means: 'The session is not open here; connect anew with the positions you have.',
  },
  session_lost: {
    number: 4003,
    status: 410,
    means: 'An answer of this session was lost; connect anew with the positions you have.',
  },
  peer_silent: { number: 4004, status: 408, means: 'Nothing was heard of the client for too long.' },
  broker_failed: { number: 4100, status: 503, means: 'The broker could not do what was asked.' },
  rule_failed: { number: 4101, status: 500, means: 'The app’s own rule or user resolver threw.' },
  handler_failed: { number: 4102, status: 500, means: 'The app’s own handler threw.' },
  internal: { number: 4103, status: 500, means: 'Something failed on the server; its log says what.' },
  rate_limited: { number: 4104, status: 429, means: 'More frames came than the session may send.' },
  connections_too_many: {
    number: 4105,
    status: 429,
    means: 'The user or the address has as many connections as it may.',
  },
  server_busy: { number: 4106, status: 503, means: 'The server has as much to do as it can.' },
  channel_missing: { number: 4200, status: 400, means: 'The request names no channel.' },
  channel_invalid: { number: 4201, status: 400, means: 'The channel name has a bad character, segment or length.' },
  channel_unknown: { number: 4202, status: 404, means: 'No definition matches the channel name.' },
  channels_too_many: { number: 4203, status: 400, means: 'The request names more channels than it may.' },
  subscribe_denied: { number: 4204, status: 403, means: 'The channel’s subscribe rule did not allow this user.' },
  position_invalid: { number: 4205, status: 400, means: 'The position was not printed by this server’s kind.' },
  parameter_invalid: {
    number: 4206,
    status: 400,
    means: 'A query parameter is out of its range or contradicts another.',
  },
  method_unsupported: { number: 4207, status: 405, means: 'The URL does not speak this HTTP method.' },
  accept_unsupported: {
    number: 4208,
    status: 406,
    means: 'The URL speaks none of the media types that were asked for.',
  },
  upgrade_unavailable: { number: 4209, status: 426, means: 'The URL was asked for a protocol that it does not speak.' },
  body_too_large: { number: 4210, status: 413, means: 'The request body is larger than the limit.' },
  body_consumed: { number: 4211, status: 400, means: 'Something read the request body before and left nothing.' },
  event_unknown: { number: 4212, status: 400, means: 'The channel’s definition has no such event.' },
  event_invalid: { number: 4213, status: 422, means: 'The data does not fit the event’s schema, or is not JSON.' },
  publication_too_large: { number: 4214, status: 413, means: 'The publication is larger than the limit.' },
  sse_field_invalid: {
    number: 4215,
    status: 500,
    means: 'An SSE field holds a character that would break the stream.',
  },
  sse_too_large: { number: 4216, status: 500, means: 'An SSE event is larger than the reader’s limit.' },
  definition_invalid: { number: 4217, status: 500, means: 'A channel definition cannot be used.' },
  option_invalid: { number: 4218, status: 500, means: 'An option has the wrong type or is out of its range.' },
  frame_invalid: {
    number: 4219,
    status: 400,
    means: 'A frame is not a JSON object on one line, or a field of it is missing or wrong.',
  },
  frame_unknown: { number: 4220, status: 400, means: 'The server knows no frame of this type.' },
  frame_too_large: { number: 4221, status: 413, means: 'The message is larger than the limit.' },
  connect_missing: { number: 4222, status: 400, means: 'The first frame was not connect, or did not come in time.' },
  connected_already: { number: 4223, status: 400, means: 'The session is connected already.' },
  id_invalid: { number: 4224, status: 400, means: 'The frame has no id, or one that is not above the last.' },
  subscribed_already: { number: 4225, status: 409, means: 'The session has subscribed to the channel already.' },
  publish_denied: { number: 4226, status: 403, means: 'The channel’s publish rule did not allow this user.' },
  send_denied: { number: 4227, status: 403, means: 'The channel’s send rule did not allow this user.' },
  history_denied: { number: 4228, status: 403, means: 'The channel’s history rule did not allow this user.' },
  handler_unknown: { number: 4229, status: 404, means: 'The app has no handler for this event on the channel.' },
  tokens_unsupported: { number: 4230, status: 400, means: 'A token came, and the app has not said how to verify one.' },
  token_invalid: { number: 4231, status: 401, means: 'The token was refused.' },
  token_expired: { number: 4232, status: 401, means: 'The token has expired.' },
  permission_revoked: { number: 4233, status: 403, means: 'The app has taken back the permission for the channel.' },
  disconnected: { number: 4234, status: 403, means: 'The app has ended the session.' },
  origin_denied: { number: 4235, status: 403, means: 'The request comes from a site that may not use this URL.' },
  subprotocol_unsupported: {
    number: 4236,
    status: 400,
    means: 'The WebSocket offers none of the subprotocols that the URL speaks.',
  },
  conflict: {
    number: 4237,
    status: 409,
    means: 'Something newer than the position was published: read it, and decide anew.',
  },
  state_full: {
    number: 4238,
    status: 409,
    means: 'The channel keeps the newest of each key, and holds as many as it may.',
  },
  presence_unsupported: { number: 4239, status: 400, means: 'The channel’s definition has no presence.' },
  enter_denied: { number: 4240, status: 403, means: 'The channel’s enter rule did not allow this user.' },
  members_denied: { number: 4241, status: 403, means: 'The channel’s members rule did not allow this user.' },
  member_invalid: {
    number: 4242,
    status: 422,
    means: 'A member’s state does not fit its schema, or is larger than the limit.',
  },
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
