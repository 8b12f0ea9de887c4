import type { Start } from '@rt/protocol';
import type { Parts } from '../parts.ts';
import { jsonHead } from './answer.ts';
import type { Exchange } from './exchange.ts';
import { pageParts, pageText } from './page.ts';
import { servePoll } from './poll.ts';
import type { Asked } from './query.ts';
import { wholeNumberParameter } from './query.ts';
import type { Reader } from './reader.ts';

const defaultLimit = 100;

/** Answers with a page, or as soon as there is something on it if the request says how long it waits. */
export async function servePage(
  exchange: Exchange,
  parts: Parts,
  reader: Reader,
  { match, start }: Asked,
): Promise<void> {
  const { broker, settings } = parts;
  const { maxPageSize, maxWaitMs } = settings.limits;
  const limit = wholeNumberParameter(exchange.query, 'limit', 1, maxPageSize) ?? Math.min(defaultLimit, maxPageSize);
  const waitS = wholeNumberParameter(exchange.query, 'wait', 0, Math.floor(maxWaitMs / 1000));
  // Where a page begins if nothing says so: at the newest `limit`, or after the newest for one who waits.
  const from: Start = start.type === 'live' && waitS === null ? { type: 'last', count: limit } : start;
  const page = await broker.read(match.channel, from, limit);
  const asked = pageParts(match.channel, from, page);
  while (!reader.settled) await reader.ask();
  if (exchange.closed) return;
  if (waitS === null || waitS === 0 || asked.entries.length > 0 || asked.gap !== null || exchange.method === 'HEAD') {
    const settled = from.type === 'after' && asked.gap === null && asked.offset < page.top && !page.newestOnly;
    const storable =
      settled && match.definition.rules.subscribe === 'anyone' && match.definition.rules.history === 'anyone';
    return exchange.reply(jsonHead(200, storable ? settledHeaders : {}), pageText(asked));
  }
  await servePoll(exchange, parts, asked, { limit, waitMs: waitS * 1000, reader, match });
}

/**
 * A page after a position that ends below the top never changes, unless only the newest of each key is kept. It may be stored only where anyone may read it, since
 * a browser's cache outlives a permission and the user who had it; and only `private`, since the host may ask for a
 * login in front of it.
 */
const settledHeaders = { 'cache-control': 'private, max-age=3600, immutable' };
