import type { Settings } from '../options.ts';

/** A time for one client to come back: different for each, so that they do not all come at once. */
export function retryInMs({ reconnect, random }: Settings): number {
  return Math.round(reconnect.minMs + random() * (reconnect.maxMs - reconnect.minMs));
}
