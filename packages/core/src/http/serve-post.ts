import { RtError } from '@rt/protocol';
import type { Parts } from '../parts.ts';
import type { Identity } from '../session/identity.ts';
import { acceptedForm } from './accept.ts';
import { refuseWhenClosing } from './closing.ts';
import type { Exchange } from './exchange.ts';
import { servePoll, servePollOpening } from './poll-session.ts';
import { wholeNumberParameter } from './query.ts';
import { serveFrames, serveStateless, takeFrames } from './serve-commands.ts';
import { serveSseSession } from './serve-session.ts';

/** Serves a POST: it opens a session, is for one that is open, or stands alone. Throws before the head only. */
export async function servePost(exchange: Exchange, parts: Parts, host: Identity): Promise<void> {
  const { query } = exchange;
  const waitS = wholeNumberParameter(query, 'wait', 0, Math.floor(parts.settings.limits.maxWaitMs / 1000));
  const id = query.get('session');
  if (id !== null) {
    const session = parts.sessions.find(id, host.userId);
    if (waitS === null) return serveFrames(exchange, parts, session);
    const number = wholeNumberParameter(query, 'poll', 1, Number.MAX_SAFE_INTEGER);
    if (number === null) throw new RtError('parameter_invalid', 'poll must be the number of this poll, from 1');
    await takeFrames(exchange, parts, session);
    return servePoll(exchange, session, { number, waitMs: waitS * 1000 });
  }
  refuseWhenClosing(parts);
  const streams = acceptedForm(exchange.header('accept')) === 'stream';
  if (!streams && waitS === null) return serveStateless(exchange, parts, host);
  const leave = parts.admission.address(exchange.address);
  try {
    if (streams) await serveSseSession(exchange, parts, host, leave);
    else await servePollOpening(exchange, parts, { host, waitMs: (waitS ?? 0) * 1000, leave });
  } catch (cause) {
    leave();
    throw cause;
  }
}
