import { formatPosition, formatSse } from '@rt/protocol';
import type { Match } from '../channels/registry.ts';
import type { Gap } from '../delivery/codec.ts';
import type { Placed, Subscription } from '../delivery/delivery.ts';
import type { LocalChannel } from '../delivery/local-channel.ts';
import type { Session, Transport } from '../delivery/transport.ts';
import type { Start } from '../log/locate.ts';
import type { Parts } from '../parts.ts';
import type { Exchange, Head } from './exchange.ts';
import { cursorText, gapWithoutPlace, plainCodec, plainCodecOfMany } from './plain-codec.ts';
import { retryInMs } from './retry.ts';

/**
 * The head of an event stream. `no-transform` keeps compressing middleware and proxies from holding events back, and
 * `X-Accel-Buffering` does the same for nginx.
 */
const streamHead: Head = {
  status: 200,
  headers: {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    vary: 'Accept',
  },
  keepAlive: true,
};

/** Serves a plain stream over the channels, which the user may read, each from its start. Throws before the head only. */
export async function servePlainStream(
  exchange: Exchange,
  parts: Parts,
  matches: readonly Match[],
  starts: readonly Start[],
): Promise<void> {
  const { delivery, settings } = parts;
  if (exchange.method === 'HEAD') return exchange.reply(streamHead, '');
  const held = await holdAll(delivery.following, matches);
  if (exchange.closed || parts.closing) {
    for (const channel of held) delivery.following.release(channel.name);
    return exchange.closed ? undefined : refusePlainStream(exchange, parts);
  }
  const subscriptions = held.map((channel, index): Subscription => ({
    channel,
    start: starts[index] ?? { type: 'live' },
  }));
  const codec = held.length === 1 ? plainCodec : plainCodecOfMany;
  const open = (session: Session): Transport => exchange.stream(streamHead, session);
  const [connection, placed] = delivery.open({ name: 'sse', codec, once: false, open }, subscriptions);
  connection.send(opening(placed, retryInMs(settings)));
  const gaps = gapsOf(placed, starts);
  // A place tells of all channels: it moves with the last gap, so that a cut before it lets them all be told again.
  for (const gap of gaps.slice(0, -1)) connection.send(gapWithoutPlace(gap));
  for (const gap of gaps.slice(-1)) connection.sendGap(gap);
  delivery.begin(connection);
}

/** Ends a stream that cannot be served because the hub is closing, so that a browser comes back by itself. */
export function refusePlainStream(exchange: Exchange, { settings }: Parts): void {
  exchange.reply({ ...streamHead, keepAlive: false }, plainCodec.bye(retryInMs(settings)));
}

/**
 * The first bytes, sent at once: when to come back, and the place where the stream begins. The place is in a block
 * without data, which a browser remembers and does not dispatch: so also a stream on which nothing was published can
 * be resumed. Where there is a gap, the gap's own block says the place.
 */
function opening(placed: readonly Placed[], retryMs: number): string {
  const names = placed.map(({ cursor }) => cursor.name).join(', ');
  const [first] = placed;
  const gap = placed.some(({ place }) => place.gap !== null);
  if (gap || first === undefined) return formatSse({ retryMs, comment: `stream of ${names}` });
  const { cursor } = first;
  const id =
    placed.length === 1 ? formatPosition(cursor.epoch, cursor.offset) : cursorText(placed.map((one) => one.cursor));
  return formatSse({ retryMs, comment: `stream of ${names}`, id });
}

function gapsOf(placed: readonly Placed[], starts: readonly Start[]): readonly Gap[] {
  return placed.flatMap(({ cursor, place }, index): readonly Gap[] => {
    const start = starts[index];
    if (place.gap === null || start?.type !== 'after') return [];
    const after = formatPosition(start.position.epoch, start.position.offset);
    return [{ channel: cursor.name, reason: place.gap, after, position: formatPosition(cursor.epoch, place.offset) }];
  });
}

async function holdAll(
  following: Parts['delivery']['following'],
  matches: readonly Match[],
): Promise<readonly LocalChannel[]> {
  const held = await Promise.allSettled(matches.map(({ channel }) => following.hold(channel)));
  const failed = held.find((result) => result.status === 'rejected');
  const channels = held.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (failed === undefined) return channels;
  for (const channel of channels) following.release(channel.name);
  throw failed.reason;
}
