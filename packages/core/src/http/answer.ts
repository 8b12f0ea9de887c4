import type { RtError } from '@rt/protocol';
import { codes } from '@rt/protocol';
import type { Exchange, Head } from './exchange.ts';

const json = { 'content-type': 'application/json; charset=utf-8', vary: 'Accept' };

/** The head of a JSON reply that must not be stored. */
export function jsonHead(status: number, headers: Readonly<Record<string, string>> = {}, keepAlive = true): Head {
  return { status, headers: { ...json, 'cache-control': 'no-store', ...headers }, keepAlive };
}

/** Answers an error in the one form it has: `{"error":{"code","message","retryable"}}`. */
export function replyError(exchange: Exchange, error: RtError, headers: Readonly<Record<string, string>> = {}): void {
  exchange.reply(jsonHead(codes[error.code].status, headers, error.code !== 'hub_closed'), JSON.stringify({ error }));
}
