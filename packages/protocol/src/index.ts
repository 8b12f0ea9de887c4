export { formatBase64, parseBase64 } from './base64.ts';
export { channelNameFault, eventNameFault, maxChannelNameLength } from './channel-name.ts';
export type { ChannelPattern, NameOf, ParamName, Params } from './channel-pattern.ts';
export { parsePattern } from './channel-pattern.ts';
export type { ChannelNameOf, PatternOf } from './channel-types.ts';
export type { ClientFrame, ClientFrameType, Subscribing, SubscriptionRequest } from './client-frame.ts';
export { subprotocol } from './client-frame.ts';
export type { ErrorCode, Retry } from './codes.ts';
export { codes, retryOf } from './codes.ts';
export { meanings } from './meanings.ts';
export { formatCursor, maxCursorLength, parseCursor } from './cursor.ts';
export type { ConflictBody, ErrorBody, RtErrorOptions } from './errors.ts';
export { RtError } from './errors.ts';
export type { ParsedFrame } from './frame-parse.ts';
export { parseFrames, parseSubscription } from './frame-parse.ts';
export type { GapReason, Position } from './position.ts';
export { formatPosition, gapReasons, parsePosition } from './position.ts';
export type {
  GapBody,
  Member,
  MemberChangesBody,
  MembersBody,
  PagePublicationBody,
  PublicationBody,
  ServerFrame,
} from './server-frame.ts';
export type { SseBlock } from './sse-format.ts';
export { formatSse } from './sse-format.ts';
export type { SseItem, SseParser } from './sse-parse.ts';
export { createSseParser } from './sse-parse.ts';
export type { Start } from './start.ts';
export { live } from './start.ts';
