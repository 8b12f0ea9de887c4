import { codes, live, RtError } from '@rt/protocol';
import type { User } from '../channels/define-channel.ts';
import type { Parts } from '../parts.ts';
import { hostIdentity } from '../session/identity.ts';
import { acceptedForm } from './accept.ts';
import { replyError } from './answer.ts';
import { refuseWhenClosing } from './closing.ts';
import type { Exchange } from './exchange.ts';
import { checkOrigin } from './origin.ts';
import { refusePlainStream, servePlainStream } from './plain-stream.ts';
import type { Asked } from './query.ts';
import { channelNames, starts } from './query.ts';
import { Reader } from './reader.ts';
import { servePage } from './serve-page.ts';
import { servePost } from './serve-post.ts';
import { serveSessionPost } from './serve-session-post.ts';
import { serveWebSocket } from './serve-session.ts';

const methods = 'GET, HEAD, POST, OPTIONS';
const speaks =
  'Accept: text/event-stream for a stream, Accept: application/json for a page or a poll, or Upgrade: websocket';

/**
 * Serves one request to the URL at which the host has mounted us. It always answers, and never rejects; it resolves
 * when the head is sent, or when the peer has gone.
 */
export async function serve(exchange: Exchange, parts: Parts, user: () => unknown): Promise<void> {
  await answered(exchange, parts, () => route(exchange, parts, user));
}

/** Serves a request that another node has taken, for a session that is open here. Never rejects. */
export async function serveAsked(exchange: Exchange, parts: Parts, userId: string | null): Promise<void> {
  await answered(exchange, parts, () => serveSessionPost(exchange, parts, userId));
}

async function answered(exchange: Exchange, parts: Parts, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (cause) {
    if (!(cause instanceof RtError)) parts.settings.observe({ type: 'error', stage: 'request', cause });
    if (exchange.closed) return;
    const error =
      cause instanceof RtError
        ? cause
        : new RtError('internal', 'something failed here; see the server’s log', { cause });
    replyError(exchange, error, errorHeaders(error, parts));
  }
}

async function route(exchange: Exchange, parts: Parts, user: () => unknown): Promise<void> {
  const { method, query } = exchange;
  if (method === 'OPTIONS') return exchange.reply({ status: 204, headers: { allow: methods }, keepAlive: true }, '');
  if (method === 'POST') {
    checkOrigin(exchange, parts.settings.auth);
    return servePost(exchange, parts, hostIdentity(await resolveUser(user, parts), parts.settings));
  }
  if (method !== 'GET' && method !== 'HEAD') {
    throw new RtError('method_unsupported', `this URL speaks ${methods}, and ${method} came`);
  }
  const upgrade = exchange.header('upgrade');
  if (upgrade !== null && /^websocket$/i.test(upgrade)) return routeUpgrade(exchange, parts, user);
  const accept = exchange.header('accept');
  const form = acceptedForm(accept);
  if (form === null) {
    throw new RtError(
      'accept_unsupported',
      `this URL speaks ${speaks}; the request asks for ${JSON.stringify(accept)}`,
    );
  }
  if (parts.closing && form === 'stream') return refusePlainStream(exchange, parts);
  refuseWhenClosing(parts);
  const stream = form === 'stream';
  const names = channelNames(query, stream ? parts.settings.limits.maxChannelsPerStream : 1);
  const from = starts(query, stream ? exchange.header('last-event-id') : null, names);
  const asked = names.map((name, index): Asked => ({ match: parts.registry.find(name), start: from[index] ?? live }));
  const asker = await resolveUser(user, parts);
  const reader = new Reader(parts, exchange, { user: asker, asked, form });
  await reader.ask();
  if (exchange.closed) return;
  if (stream) return servePlainStream(exchange, parts, reader);
  // A page is of one channel: there is no other name.
  for (const one of asked) await servePage(exchange, parts, reader, one);
}

async function routeUpgrade(exchange: Exchange, parts: Parts, user: () => unknown): Promise<void> {
  if (!exchange.upgradable) throw notUpgradable(exchange, parts);
  checkOrigin(exchange, parts.settings.auth);
  const identity = hostIdentity(await resolveUser(user, parts), parts.settings);
  if (exchange.closed) return;
  refuseWhenClosing(parts);
  const leave = parts.admission.address(exchange.address);
  try {
    serveWebSocket(exchange, parts, identity, leave);
  } catch (cause) {
    leave();
    throw cause;
  }
}

/** Why a WebSocket comes as an ordinary request. Told to the observer too: browsers show nobody what is answered. */
function notUpgradable(exchange: Exchange, { settings }: Parts): RtError {
  const isWhole = /\bupgrade\b/i.test(exchange.header('connection') ?? '');
  const why = isWhole
    ? "this server was not told to hand WebSocket upgrades to @rt; call attach(server) with its path: rt.attach(app.listen(3000), { path: '/rt' })"
    : 'a WebSocket was asked for without "Connection: Upgrade"; let the proxy in front pass on both headers, Upgrade and Connection';
  const message = `${why}. Clients go on over SSE; where that is meant, say so: createClient(url, { transport: ['sse', 'long-poll'] })`;
  settings.observe({ type: 'warning', message });
  return new RtError('upgrade_unavailable', `${why}, or use Accept: text/event-stream`);
}

async function resolveUser(user: () => unknown, { settings }: Parts): Promise<User | null> {
  try {
    return ((await user()) ?? null) as User | null;
  } catch (cause) {
    settings.observe({ type: 'error', stage: 'user', cause });
    throw new RtError('rule_failed', 'the host’s user option threw; see the server’s log', { cause });
  }
}

function errorHeaders(error: RtError, { settings }: Parts): Readonly<Record<string, string>> {
  if (error.code === 'method_unsupported') return { allow: methods };
  const { status } = codes[error.code];
  if (status === 503 || status === 429) {
    return { 'retry-after': String(Math.ceil((error.retryInMs ?? settings.reconnect.maxMs) / 1000)) };
  }
  return {};
}
