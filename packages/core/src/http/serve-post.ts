import type { Parts } from '../parts.ts';
import type { Identity } from '../session/identity.ts';
import { acceptedForm } from './accept.ts';
import { refuseWhenClosing } from './closing.ts';
import type { Exchange } from './exchange.ts';
import { servePollOpening } from './poll-session.ts';
import { serveStateless } from './serve-commands.ts';
import { forwardPost, serveSessionPost, waitOf } from './serve-session-post.ts';
import { serveSseSession } from './serve-session.ts';

/** Serves a POST: it opens a session, is for one that is open, or stands alone. Throws before the head only. */
export async function servePost(exchange: Exchange, parts: Parts, host: Identity): Promise<void> {
  const id = exchange.query.get('session');
  if (id !== null) {
    const { userId } = host;
    const node = parts.peers.nodeOf(id);
    return node === null ? serveSessionPost(exchange, parts, userId) : forwardPost(exchange, parts, { node, userId });
  }
  const waitS = waitOf(exchange, parts);
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
