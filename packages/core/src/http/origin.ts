import { RtError } from '@rt/protocol';
import type { Auth } from '../auth.ts';
import type { Exchange } from './exchange.ts';

/**
 * Refuses a request that another site makes a browser send with this site's cookies: WebSocket upgrades are not subject
 * to CORS, and a POST of text is sent before CORS is asked. Requests from no browser carry neither header, and pass.
 *
 * @see https://www.w3.org/TR/fetch-metadata/ @throws RtError `origin_denied`
 */
export function checkOrigin(exchange: Exchange, { origins }: Auth): void {
  if (origins === 'any') return;
  const origin = exchange.header('origin');
  if (origin !== null && origins.has(origin.toLowerCase())) return;
  const site = exchange.header('sec-fetch-site');
  const host = exchange.header('host');
  const same = site === null ? origin === null || isOf(origin, host) : site === 'same-origin' || site === 'none';
  if (same) return;
  throw new RtError(
    'origin_denied',
    `this URL is for pages of ${host ?? 'this host'}, and this one is of ${origin ?? `a ${site} page`}; to allow it, add its origin to auth.origins`,
  );
}

/** Whether the origin is of the host; a port that is the scheme's own may be left out. */
function isOf(origin: string, host: string | null): boolean {
  const parts = /^(https?):\/\/([^/]+)$/i.exec(origin);
  if (parts === null || host === null) return false;
  const port = parts[1]?.toLowerCase() === 'https' ? ':443' : ':80';
  const bare = (text: string): string => (text.endsWith(port) ? text.slice(0, -port.length) : text).toLowerCase();
  return bare(parts[2] ?? '') === bare(host);
}
