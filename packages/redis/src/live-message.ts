import type { Payload } from '@rt/core';

/**
 * What is said in a channel's pub/sub: an entry behind the epoch of its log and the branch of the server's history; an
 * ephemeral publication behind `!` and its key, which is JSON; or `*`, that the log has begun another epoch.
 */
export type LiveMessage =
  | { readonly type: 'appended'; readonly epoch: string; readonly branch: string; readonly entry: string }
  | { readonly type: 'renewed' }
  | { readonly type: 'passed'; readonly key: string | null; readonly payload: Payload };

export function passingText(payload: Payload, key: string | null): string {
  return `!${JSON.stringify(key)}\n${payload}`;
}

export function parseLive(text: string): LiveMessage {
  if (text.startsWith('!')) {
    const end = text.indexOf('\n');
    const key = JSON.parse(text.slice(1, end)) as string | null;
    return { type: 'passed', key, payload: text.slice(end + 1) };
  }
  if (text === '*') return { type: 'renewed' };
  const space = text.indexOf(' ');
  const next = text.indexOf(' ', space + 1);
  return {
    type: 'appended',
    epoch: text.slice(0, space),
    branch: text.slice(space + 1, next),
    entry: text.slice(next + 1),
  };
}
