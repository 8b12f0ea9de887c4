import type { ParsedFrame } from '@rt/protocol';
import { parseFrames, RtError, subprotocol } from '@rt/protocol';
import type { Codec } from '../delivery/codec.ts';
import type { Connection } from '../delivery/connection.ts';
import type { Session, Transport } from '../delivery/transport.ts';
import type { TransportName } from '../observe/observer.ts';
import type { Parts } from '../parts.ts';
import type { Identity } from '../session/identity.ts';
import { connectIdentity } from '../session/identity.ts';
import type { Connect } from '../session/session.ts';
import { PeerSession } from '../session/session.ts';
import { eventWrapping, messageWrapping, sessionCodec } from '../session/session-codec.ts';
import { refuseWhenClosing } from './closing.ts';
import type { Exchange } from './exchange.ts';
import { streamHead } from './stream-head.ts';

/** The silence after which the client of a WebSocket is dead, in heartbeats: it answers each of them by itself. */
const deadAfterBeats = 3;
/** How often the client of an SSE session must say something, in heartbeats. */
const speakWithinBeats = 4;

const messageCodec = sessionCodec(messageWrapping);
const eventCodec = sessionCodec(eventWrapping);

/** Opens a session's connection: the session talks through it from here on. */
export function connect(
  parts: Parts,
  session: PeerSession,
  name: TransportName,
  { codec, open }: { readonly codec: Codec; readonly open: (session: Session) => Transport },
): Connection {
  const options = { name, codec, open, userId: null, once: false, listener: session } as const;
  const [connection] = parts.delivery.open(options, []);
  session.begin(connection);
  return connection;
}

/** Accepts a WebSocket. Who it is comes with its first frame. */
export function serveWebSocket(exchange: Exchange, parts: Parts, identity: Identity, leave: () => void): void {
  const offered = exchange.header('sec-websocket-protocol')?.split(/\s*,\s*/) ?? [];
  if (offered.length > 0 && !offered.includes(subprotocol)) {
    throw new RtError(
      'subprotocol_unsupported',
      `this URL speaks ${subprotocol}, and ${offered.join(', ')} was offered`,
    );
  }
  const chosen = offered.length > 0 ? subprotocol : null;
  const shaken = parts.admission.handshake();
  const { heartbeatEveryMs, limits } = parts.settings;
  const session = new PeerSession(parts, {
    identity,
    wrapping: messageWrapping,
    named: false,
    speakWithinMs: null,
    deadAfterMs: heartbeatEveryMs === null ? null : heartbeatEveryMs * deadAfterBeats,
    known: shaken,
    gone: leave,
  });
  connect(parts, session, 'websocket', {
    codec: messageCodec,
    open: (peer) => exchange.upgrade(peer, { maxBytes: limits.maxFrameBytes, subprotocol: chosen }),
  });
}

/** The frames of a request that opens a session, with who has opened it, and how to count them away. */
export interface Opening {
  readonly connect: Connect;
  readonly rest: readonly ParsedFrame[];
  readonly identity: Identity;
  readonly leave: () => void;
}

/**
 * Reads what opens a session, and admits the user. `null` if the peer has gone meanwhile.
 *
 * @throws RtError `connect_missing`, `hub_closed`, or why the client is refused.
 */
export async function readOpening(exchange: Exchange, parts: Parts, host: Identity): Promise<Opening | null> {
  const [first, ...rest] = parseFrames(await exchange.readText(parts.settings.limits.maxFrameBytes));
  if (first?.type === 'fault') throw first.error;
  if (first?.type !== 'frame' || first.frame.type !== 'connect') {
    throw new RtError('connect_missing', 'the body must begin with {"type":"connect","id":1}');
  }
  const { frame } = first;
  const identity = await connectIdentity(frame.token, host, parts.settings);
  if (exchange.closed) return null;
  refuseWhenClosing(parts);
  return { connect: frame, rest, identity, leave: parts.admission.user(identity.userId) };
}

/** Opens a session over SSE with the frames of the request's body. */
export async function serveSseSession(
  exchange: Exchange,
  parts: Parts,
  host: Identity,
  leave: () => void,
): Promise<void> {
  const { heartbeatEveryMs } = parts.settings;
  const opening = await readOpening(exchange, parts, host);
  if (opening === null) return leave();
  const speakWithinMs = heartbeatEveryMs === null ? null : heartbeatEveryMs * speakWithinBeats;
  const session = new PeerSession(parts, {
    identity: host,
    wrapping: eventWrapping,
    named: true,
    speakWithinMs,
    deadAfterMs: speakWithinMs === null ? null : speakWithinMs * 2.5,
    known: () => {},
    gone: both(leave, opening.leave),
  });
  connect(parts, session, 'sse', { codec: eventCodec, open: (peer) => exchange.stream(streamHead, peer) });
  // Its subscriptions answer for themselves; nobody else waits for them.
  void begin(session, opening);
}

/** Calls one after the other. */
export function both(first: () => void, second: () => void): () => void {
  return () => {
    first();
    second();
  };
}

/** Lets the session take what has opened it. Resolves when each of its subscriptions has been answered. */
export async function begin(session: PeerSession, opening: Opening): Promise<void> {
  const subscribed = session.open(opening.connect, opening.identity);
  session.take(opening.rest, false);
  await subscribed;
}
