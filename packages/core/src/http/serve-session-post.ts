import { RtError } from '@rt/protocol';
import type { Parts } from '../parts.ts';
import type { Exchange } from './exchange.ts';
import { servePoll } from './poll-session.ts';
import { wholeNumberParameter } from './query.ts';
import { serveFrames, takeFrames } from './serve-commands.ts';

/** Serves a POST for a session that is open here. @throws RtError `session_unknown`, `session_lost`, `frame_invalid` */
export async function serveSessionPost(exchange: Exchange, parts: Parts, userId: string | null): Promise<void> {
  const { query } = exchange;
  const waitS = waitOf(exchange, parts);
  const session = parts.sessions.find(query.get('session') ?? '', userId);
  if (waitS === null) return serveFrames(exchange, parts, session);
  const number = wholeNumberParameter(query, 'poll', 1, Number.MAX_SAFE_INTEGER);
  if (number === null) throw new RtError('parameter_invalid', 'poll must be the number of this poll, from 1');
  await takeFrames(exchange, parts, session);
  return servePoll(exchange, session, { number, waitMs: waitS * 1000 });
}

/**
 * Lets the node serve it that has the session. A poll that comes while this one closes does not wait.
 *
 * @throws RtError `session_unknown`
 */
export async function forwardPost(
  exchange: Exchange,
  parts: Parts,
  { node, userId }: { readonly node: string; readonly userId: string | null },
): Promise<void> {
  const body = await exchange.readText(parts.settings.limits.maxFrameBytes);
  if (exchange.closed) return;
  const query = new URLSearchParams(exchange.query);
  if (parts.closing && query.has('wait')) query.set('wait', '0');
  const session = query.get('session') ?? '';
  const request = { query: query.toString(), body, user: userId };
  const reply = await parts.peers.request({ node, session }, request, (run) => exchange.onGone(run));
  if (exchange.closed) return;
  if (reply === null) {
    throw new RtError(
      'session_unknown',
      'the node of this session does not answer; connect anew with the positions you have',
    );
  }
  exchange.reply({ status: reply.status, headers: reply.headers, keepAlive: !parts.closing }, reply.body);
}

/** How long a poll waits at most, in seconds; `null` if it is none. */
export function waitOf({ query }: Exchange, { settings }: Parts): number | null {
  return wholeNumberParameter(query, 'wait', 0, Math.floor(settings.limits.maxWaitMs / 1000));
}
