import { HttpException } from '@nestjs/common';
import { WsException } from '@nestjs/websockets';
import { RtError } from '@rt/core';

/** Whether an exception is a refusal that was meant, and not a fault. */
export function isRefusal(cause: unknown): cause is HttpException | WsException {
  return cause instanceof WsException || (cause instanceof HttpException && cause.getStatus() < 500);
}

/** What a client is told whose message was refused by a guard, a pipe or a handler. */
export function refusal(cause: HttpException | WsException): RtError {
  const status = cause instanceof HttpException ? cause.getStatus() : null;
  if (status === 401 || status === 403) return new RtError('send_denied', cause.message, { cause });
  if (status === 429) return new RtError('rate_limited', cause.message, { cause });
  return new RtError('event_invalid', [cause.message, ...details(cause)].join(': '), { cause });
}

/** Pipes that validate say what is wrong in a list. */
function details(cause: HttpException | WsException): readonly string[] {
  const said: unknown = cause instanceof HttpException ? cause.getResponse() : cause.getError();
  const list: unknown = typeof said === 'object' && said !== null && 'message' in said ? said.message : null;
  return Array.isArray(list) ? [list.join('; ')] : [];
}
