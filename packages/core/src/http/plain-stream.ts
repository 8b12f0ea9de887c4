import { formatPosition, formatSse, live, parseCursor, parsePosition, RtError } from '@rt/protocol';
import type { Gap, Reading } from '../delivery/codec.ts';
import type { Listener } from '../delivery/connection.ts';
import type { Delivery, Placed, Subscription } from '../delivery/delivery.ts';
import type { LocalChannel } from '../delivery/local-channel.ts';
import type { Session, Transport } from '../delivery/transport.ts';
import type { Parts } from '../parts.ts';
import type { Exchange } from './exchange.ts';
import { cursorText, gapBlock, plainCodec, plainCodecOfMany } from './plain-codec.ts';
import type { Asked } from './query.ts';
import type { Reader } from './reader.ts';
import { retryInMs } from './retry.ts';
import { streamHead } from './stream-head.ts';

/** Serves a plain stream over the channels, which the user may read, each from its start. Throws before the head only. */
export async function servePlainStream(exchange: Exchange, parts: Parts, reader: Reader): Promise<void> {
  const { delivery, settings } = parts;
  const { asked, userId } = reader;
  if (exchange.method === 'HEAD') return exchange.reply(streamHead, '');
  const held = await holdAll(delivery, asked);
  const giveBack = (): void => {
    for (const channel of held) delivery.following.release(channel.name);
  };
  let listener: Listener;
  try {
    while (!reader.settled) await reader.ask();
    if (exchange.closed) return giveBack();
    if (parts.closing) {
      giveBack();
      return refusePlainStream(exchange, parts);
    }
    listener = reader.admit();
  } catch (cause) {
    giveBack();
    throw cause;
  }
  const subscriptions = held.map((channel, index): Subscription => ({ channel, start: asked[index]?.start ?? live }));
  const codec = held.length === 1 ? plainCodec : plainCodecOfMany;
  const open = (session: Session): Transport => exchange.stream(streamHead, session);
  const [connection, placed] = delivery.open(
    { name: 'stream', codec, userId, listener, once: false, open },
    subscriptions,
  );
  const place = placeBefore(placed, asked);
  const names = asked.map(({ match }) => match.channel).join(', ');
  connection.send(formatSse({ retryMs: retryInMs(settings), comment: `stream of ${names}`, id: place }));
  const gaps = gapsOf(placed, asked);
  // An id tells the places in all channels: it moves with the last gap, so that a cut before it loses none of them.
  for (const gap of gaps.slice(0, -1)) connection.send(gapBlock(gap, place));
  for (const gap of gaps.slice(-1)) connection.sendGap(gap);
  delivery.begin(connection);
}

/**
 * Ends a stream that cannot be served because the hub is closing, so that a browser comes back by itself. The browser's
 * place is given back to it: a block without an id would take it away.
 */
export function refusePlainStream(exchange: Exchange, { settings }: Parts): void {
  const place = exchange.header('last-event-id') ?? '';
  const known = parsePosition(place) !== null || parseCursor(place) !== null;
  const id = known ? formatSse({ id: place }) : '';
  exchange.reply(
    { ...streamHead, keepAlive: false },
    id + plainCodec.bye(new RtError('hub_closed', 'this server is closing'), retryInMs(settings)),
  );
}

/**
 * The place that the reader has come to before this stream, for the stream's first block: where it asked to go on, or
 * where it begins. The block has no data, so that a browser remembers the place and dispatches nothing; also a stream
 * on which nothing was published can then be resumed, and one that is cut before a gap was told is told again.
 * Every stream has to begin with it: at the end of a first block without an id a browser forgets the place it had.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage
 */
function placeBefore(placed: readonly Placed[], asked: readonly Asked[]): string {
  const readings = placed.map(({ cursor: { name, epoch, offset } }, index): Reading => {
    const start = asked[index]?.start;
    return start?.type === 'after' ? { name, ...start.position } : { name, epoch, offset };
  });
  const [only] = readings;
  return readings.length === 1 && only !== undefined ? formatPosition(only.epoch, only.offset) : cursorText(readings);
}

function gapsOf(placed: readonly Placed[], asked: readonly Asked[]): readonly Gap[] {
  return placed.flatMap(({ cursor, place }, index): readonly Gap[] => {
    const start = asked[index]?.start;
    if (place.gap === null || start?.type !== 'after') return [];
    const after = formatPosition(start.position.epoch, start.position.offset);
    return [{ channel: cursor.name, reason: place.gap, after, position: formatPosition(cursor.epoch, place.offset) }];
  });
}

async function holdAll({ following }: Delivery, asked: readonly Asked[]): Promise<readonly LocalChannel[]> {
  const held = await Promise.allSettled(asked.map(({ match, start }) => following.hold(match, start)));
  const failed = held.find((result) => result.status === 'rejected');
  const channels = held.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (failed === undefined) return channels;
  for (const channel of channels) following.release(channel.name);
  throw failed.reason;
}
