import type { Head } from './exchange.ts';

/**
 * The head of an event stream. `no-transform` keeps compressing middleware and proxies from holding events back, and
 * `X-Accel-Buffering` does the same for nginx.
 */
export const streamHead: Head = {
  status: 200,
  headers: {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    vary: 'Accept',
  },
  keepAlive: true,
};
