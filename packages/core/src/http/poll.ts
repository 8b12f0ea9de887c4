import type { Match } from '../channels/registry.ts';
import type { Listener } from '../delivery/connection.ts';
import type { Codec } from '../delivery/codec.ts';
import type { End, Framing, Session, Transport } from '../delivery/transport.ts';
import type { Parts } from '../parts.ts';
import { jsonHead } from './answer.ts';
import type { Exchange } from './exchange.ts';
import type { PageParts } from './page.ts';
import { unspoken } from './plain-codec.ts';
import { pageGap, pageText } from './page.ts';
import type { Reader } from './reader.ts';
import { utf8 } from './utf8.ts';

/** How a poll waits. */
export interface PollOptions {
  /** The most publications it takes. */
  readonly limit: number;
  readonly waitMs: number;
  readonly reader: Reader;
  readonly match: Match;
}

/**
 * Waits for the publications after an empty page, and answers with them, or with that page when the time is over.
 * A waiting poll is a connection like any other, whose pipe ends with its first write. Throws before the head only.
 */
export async function servePoll(
  exchange: Exchange,
  parts: Parts,
  asked: PageParts,
  { limit, waitMs, reader, match }: PollOptions,
): Promise<void> {
  const { delivery } = parts;
  const start = { type: 'after', position: { epoch: asked.epoch, offset: asked.offset } } as const;
  const channel = await delivery.following.hold(match, start);
  const empty = pageText(asked);
  let listener: Listener | null = null;
  try {
    while (!reader.settled) await reader.ask();
    if (!exchange.closed && !parts.closing) listener = reader.admit();
  } finally {
    if (listener === null) delivery.following.release(asked.channel);
  }
  if (listener === null) {
    if (!exchange.closed) exchange.reply(jsonHead(200, {}, false), empty);
    return;
  }
  const open = (session: Session): Transport => new PollPipe(exchange, session, parts, { waitMs, empty });
  const { userId } = reader;
  const floor = (): number => channel.feed.head(parts.settings.clock.now()).floor;
  const codec = pollCodec(limit, { empty, floor });
  const options = { name: 'poll', codec, userId, listener, once: true, open } as const;
  const [connection, placed] = delivery.open(options, [{ channel, start }]);
  for (const { place } of placed) {
    const gap = pageGap(start, place, channel.feed.epoch);
    if (gap !== null) return connection.sendGap({ channel: asked.channel, ...gap });
  }
  delivery.begin(connection);
}

/** @param floor The channel's floor at this moment. */
function pollCodec(limit: number, { empty, floor }: { readonly empty: string; readonly floor: () => number }): Codec {
  return {
    key: () => `page ${limit}`,
    // A page is of the log.
    passing: false,
    limit,
    lines: unspoken,
    publications({ channel, epoch, floor, to, entries }) {
      const taken = entries.slice(0, limit);
      const offset = taken.length < entries.length ? (taken.at(-1)?.offset ?? to) : to;
      return pageText({ channel, epoch, floor, offset, entries: taken, gap: null });
    },
    gap({ channel, reason, after, position }, [reading]) {
      const { epoch = '', offset = 0 } = reading ?? {};
      return pageText({ channel, epoch, floor: floor(), offset, entries: [], gap: { reason, after, position } });
    },
    heartbeat: null,
    bye: () => empty,
  };
}

interface PollPipeOptions {
  readonly waitMs: number;
  /** The answer when the time is over. */
  readonly empty: string;
}

/** The pipe of a poll: its first write is the whole reply. */
class PollPipe implements Transport {
  readonly framing: Framing = utf8;
  readonly #exchange: Exchange;
  readonly #session: Session;
  readonly #parts: Parts;
  readonly #empty: Uint8Array;
  readonly #cancelWait: () => void;

  constructor(exchange: Exchange, session: Session, parts: Parts, { waitMs, empty }: PollPipeOptions) {
    this.#exchange = exchange;
    this.#session = session;
    this.#parts = parts;
    this.#empty = utf8.frame(empty);
    this.#cancelWait = parts.settings.clock.timer(waitMs, () => this.#timeIsOver());
    exchange.onGone(() => this.#closed({ type: 'peer' }));
  }

  write(bytes: Uint8Array): boolean {
    this.#cancelWait();
    this.#exchange.reply(jsonHead(200, {}, !this.#parts.closing), bytes);
    this.#closed({ type: 'done' });
    return true;
  }

  /** The write has ended it. */
  end(): void {}

  abort(): void {
    this.write(this.#empty);
  }

  #timeIsOver(): void {
    try {
      this.abort();
    } catch (cause) {
      // Nobody stands above a timer to see to it.
      this.#parts.settings.observe({ type: 'error', stage: 'transport', cause });
      this.#closed({ type: 'failed' });
    }
  }

  #closed(end: End): void {
    this.#cancelWait();
    this.#session.closed(end);
  }
}
