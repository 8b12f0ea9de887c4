import { RtError } from '@rt/protocol';
import type { End, Framing, Session, Transport } from '../delivery/transport.ts';
import type { Parts } from '../parts.ts';
import type { Identity } from '../session/identity.ts';
import { PeerSession } from '../session/session.ts';
import type { OpenSession } from '../session/sessions.ts';
import { pollWrapping, sessionCodec } from '../session/session-codec.ts';
import { replyError } from './answer.ts';
import type { Exchange, Head } from './exchange.ts';
import { begin, both, connect, readOpening } from './serve-session.ts';
import { utf8 } from './utf8.ts';

const codec = sessionCodec(pollWrapping);

/** How long a session may be without a poll, in heartbeats, and where there are none. */
const betweenPollsBeats = 2;
const betweenPollsMs = 30_000;

export const linesHead: Head = {
  status: 200,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', vary: 'Accept' },
  keepAlive: true,
};

/** The pipes of the open sessions, by session: a poll finds its own. */
const pipes = new WeakMap<OpenSession, PollSessionPipe>();

/** Opens a session over long-poll. The answer waits for its subscriptions, so that opening is one round trip. */
export async function servePollOpening(
  exchange: Exchange,
  parts: Parts,
  { host, waitMs, leave }: { readonly host: Identity; readonly waitMs: number; readonly leave: () => void },
): Promise<void> {
  const opening = await readOpening(exchange, parts, host);
  if (opening === null) return leave();
  const session = new PeerSession(parts, {
    identity: host,
    wrapping: pollWrapping,
    named: true,
    speakWithinMs: null,
    deadAfterMs: null,
    known: () => {},
    gone: both(leave, opening.leave),
  });
  const open = (peer: Session): Transport => {
    const pipe = new PollSessionPipe(parts, peer);
    pipes.set(session, pipe);
    return pipe;
  };
  connect(parts, session, 'long-poll', { codec, open });
  let answered = false;
  const answer = (longestMs: number): void => {
    if (!answered) pipes.get(session)?.poll(exchange, longestMs);
    answered = true;
  };
  const cancel = parts.settings.clock.timer(waitMs, () => answer(0));
  await begin(session, opening);
  cancel();
  // As any poll: at the end of the turn in which there is something, and by then the subscriptions have what is kept.
  answer(waitMs);
}

/** Takes the next poll of a session, with the frames in its body. @throws RtError `session_unknown`, `session_lost` */
export async function servePoll(
  exchange: Exchange,
  session: OpenSession,
  { number, waitMs }: { readonly number: number; readonly waitMs: number },
): Promise<void> {
  const pipe = pipes.get(session);
  if (pipe === undefined) throw new RtError('session_unknown', 'this session is not polled');
  if (!pipe.expect(number)) {
    const error = new RtError('session_lost', `poll ${number} came before; an answer was lost, so connect anew`);
    session.end(error);
    // This answer is its goodbye.
    pipe.abort();
    throw error;
  }
  pipe.poll(exchange, waitMs);
}

/** Answers the poll that waits for a session, if one does, with what is there. */
export function hurryPoll(session: OpenSession): void {
  pipes.get(session)?.hurry();
}

/** The pipe of a session over long-poll: what is written is the answer to the poll that waits, or to the next one. */
class PollSessionPipe implements Transport {
  readonly framing: Framing = utf8;
  readonly #parts: Parts;
  readonly #session: Session;
  /** The request that waits for an answer. */
  #waiting: Exchange | null = null;
  #held: Uint8Array[] = [];
  #polls = 0;
  #scheduled = false;
  #ended = false;
  /** Cancels the end of the wait, or of the time without a poll. */
  #cancel: () => void = () => {};

  constructor(parts: Parts, session: Session) {
    this.#parts = parts;
    this.#session = session;
    this.#cancel = this.#waitForPoll();
  }

  get waitingBytes(): number {
    return this.#held.reduce((sum, { length }) => sum + length, 0);
  }

  /** Whether this is the number of the next poll. */
  expect(number: number): boolean {
    if (number !== this.#polls + 1) return false;
    this.#polls = number;
    return true;
  }

  /** Answers the request with what is there, or as soon as there is something, or empty when the time is over. */
  poll(exchange: Exchange, waitMs: number): void {
    if (exchange.closed) return this.#close('peer');
    if (this.#ended) {
      if (this.#held.length === 0)
        return replyError(exchange, new RtError('session_lost', 'it was ended; connect anew'));
      this.#waiting = exchange;
      return this.#answer();
    }
    // A client that asks twice at once is answered twice.
    this.#answer();
    this.#waiting = exchange;
    this.#cancel();
    exchange.onGone(() => {
      if (this.#waiting === exchange) this.#close('peer');
    });
    this.#cancel = this.#parts.settings.clock.timer(waitMs, () => this.#answer());
    this.#session.drained();
    if (this.#held.length > 0) this.#answerSoon();
  }

  write(bytes: Uint8Array): boolean {
    this.#held.push(bytes);
    if (this.#waiting !== null) this.#answerSoon();
    return false;
  }

  /** Nobody is to wait any longer. */
  hurry(): void {
    this.#answer();
  }

  /** A goodbye waits for the next poll, if none is there. */
  end(): void {
    this.#ended = true;
    if (this.#waiting !== null) this.#answer();
  }

  abort(): void {
    this.#held = [];
    this.#answer();
    this.#close('done');
  }

  /** At the end of the turn, so that one answer takes all that the turn has. */
  #answerSoon(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#parts.settings.clock.nextTurn(() => {
      this.#scheduled = false;
      if (this.#held.length > 0) this.#answer();
    });
  }

  #answer(): void {
    const exchange = this.#waiting;
    if (exchange === null) return;
    this.#waiting = null;
    this.#cancel();
    this.#cancel = this.#waitForPoll();
    try {
      exchange.reply({ ...linesHead, keepAlive: !this.#parts.closing }, joined(this.#held.splice(0)));
      if (this.#ended) this.#close('done');
    } catch (cause) {
      // Nobody stands above a timer or a turn to see to it.
      this.#parts.settings.observe({ type: 'error', stage: 'transport', cause });
      this.#close('failed');
    }
  }

  #waitForPoll(): () => void {
    const { clock, heartbeatEveryMs } = this.#parts.settings;
    const ms = heartbeatEveryMs === null ? betweenPollsMs : heartbeatEveryMs * betweenPollsBeats;
    return clock.timer(ms, () => this.#close('peer'));
  }

  #close(type: End['type']): void {
    this.#ended = true;
    this.#cancel();
    this.#session.closed({ type });
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
