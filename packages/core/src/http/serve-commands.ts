import type { ClientFrame, ParsedFrame } from '@rt/protocol';
import { parseFrames, RtError } from '@rt/protocol';
import type { Parts } from '../parts.ts';
import { errorLine, frameLine, told } from '../session/frame-line.ts';
import type { Identity } from '../session/identity.ts';
import { connectIdentity } from '../session/identity.ts';
import { leaveFor } from '../session/memberships.ts';
import { history, members, publish, send } from '../session/operations.ts';
import type { OpenSession } from '../session/sessions.ts';
import { Throttle } from '../session/throttle.ts';
import { jsonHead } from './answer.ts';
import type { Exchange } from './exchange.ts';
import { linesHead } from './poll-session.ts';

/** After how many characters of answers the rest is refused: a few hundred bytes may ask for hundreds of megabytes. */
const maxAnswerChars = 4_194_304;

/** Takes the frames of a request for an open session; their replies come on the session's own stream. */
export async function serveFrames(exchange: Exchange, parts: Parts, session: OpenSession): Promise<void> {
  if (session.ended)
    throw new RtError('session_unknown', 'this session is over; connect anew with the positions you have');
  await takeFrames(exchange, parts, session);
  exchange.reply(jsonHead(202), JSON.stringify({ taken: session.taken }));
}

/** Reads a request's frames and lets the session take them. @throws RtError `frame_invalid`: none of them is taken. */
export async function takeFrames(exchange: Exchange, { settings }: Parts, session: OpenSession): Promise<void> {
  const frames = parseFrames(await exchange.readText(settings.limits.maxFrameBytes));
  session.take(frames, true);
}

/** Answers the frames of a request that has no session, in their order. */
export async function serveStateless(exchange: Exchange, parts: Parts, host: Identity): Promise<void> {
  const { clock, limits } = parts.settings;
  const [first, ...rest] = parseFrames(await exchange.readText(limits.maxFrameBytes));
  if (first === undefined) throw new RtError('frame_invalid', 'the body must hold frames, one JSON object a line');
  // Whoever meant to be somebody else must not act as the host's user.
  if (first.type === 'fault' && first.of === 'connect') throw first.error;
  const connect = first.type === 'frame' && first.frame.type === 'connect' ? first.frame : null;
  const identity = await connectIdentity(connect?.token ?? null, host, parts.settings);
  const client = connect?.client ?? null;
  const throttle = new Throttle(limits.rates, clock);
  let lines = '';
  let lastId = connect?.id ?? 0;
  for (const parsed of connect === null ? [first, ...rest] : rest) {
    if (parsed.type === 'ignored') continue;
    const id = parsed.type === 'frame' ? parsed.frame.id : parsed.id;
    const full = lines.length >= maxAnswerChars;
    lines += await answer(parsed, { parts, identity, client, throttle, lastId, full });
    lastId = Math.max(lastId, id ?? 0);
  }
  exchange.reply(linesHead, lines);
}

interface Asking {
  readonly parts: Parts;
  readonly identity: Identity;
  /** The name that `connect` has brought. */
  readonly client: string | null;
  readonly throttle: Throttle;
  readonly lastId: number;
  /** Whether what was answered before is enough for one request. */
  readonly full: boolean;
}

/** The line that answers a frame. Never rejects. */
async function answer(
  parsed: Exclude<ParsedFrame, { readonly type: 'ignored' }>,
  { parts, identity, client, throttle, lastId, full }: Asking,
): Promise<string> {
  const id = parsed.type === 'frame' ? parsed.frame.id : parsed.id;
  try {
    if (id !== null && id <= lastId) throw new RtError('id_invalid', `ids must rise; ${id} came after ${lastId}`);
    if (parsed.type === 'fault') throw parsed.error;
    if (full) throw new RtError('rate_limited', 'this answer is as large as one may be; ask for the rest in another');
    const refusal = throttle.begin(parsed.frame.type);
    if (refusal !== null) throw refusal;
    try {
      return await perform(parsed.frame, parts, { ...identity, client });
    } finally {
      throttle.end();
    }
  } catch (cause) {
    return errorLine(told(cause, parts.settings.observe), id);
  }
}

async function perform(
  frame: ClientFrame,
  parts: Parts,
  identity: Identity & { readonly client: string | null },
): Promise<string> {
  switch (frame.type) {
    case 'publish':
      return (await publish(parts, identity, frame)).stored;
    case 'send':
      return send(parts, identity, frame);
    case 'history':
      return history(parts, identity, frame);
    case 'members':
      return members(parts, identity, frame);
    case 'ping':
      return frameLine({ type: 'pong', id: frame.id });
    case 'connect':
      throw new RtError('connected_already', 'connect comes first, and once');
    case 'leave':
      return leaveFor(parts, identity, frame);
    case 'subscribe':
    case 'unsubscribe':
    case 'enter':
    case 'refresh':
      throw new RtError(
        'connect_missing',
        `${frame.type} needs a session; open one with Accept: text/event-stream or ?wait=`,
      );
  }
}
