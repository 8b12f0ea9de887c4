import type { Head } from '@rt/core';
import type { HostReply } from './host-reply.ts';
import type { NodeRequest } from './node-message.ts';

/** The headers of a reply, beside those that the host has set before. */
export function headersOf(
  { headers, keepAlive }: Head,
  { httpVersionMajor }: NodeRequest,
  before: HostReply['header'],
): Readonly<Record<string, string>> {
  const { vary } = headers;
  return {
    ...headers,
    ...(vary === undefined ? {} : { vary: joinVary(before('vary'), vary) }),
    // HTTP/2 has no such header, and warns.
    ...(keepAlive || httpVersionMajor >= 2 ? {} : { connection: 'close' }),
  };
}

/** What the host has set stays: its CORS or compression middleware may vary by more. */
function joinVary(before: ReturnType<HostReply['header']>, value: string): string {
  const names = [before ?? [], value].flat().flatMap((text) => String(text).split(/\s*,\s*/));
  return [...new Map(names.filter((name) => name !== '').map((name) => [name.toLowerCase(), name])).values()].join(
    ', ',
  );
}
