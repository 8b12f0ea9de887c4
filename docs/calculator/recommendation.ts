import type { Measured } from './measured-shape.ts';
import type { Need } from './need.ts';
import { processesFor } from './processes.ts';
import type { TransportLoad, TransportName } from './transport-load.ts';
import { loadsOf } from './transport-load.ts';

/** A client that says more than this is in a conversation: a POST for each is no way to hold one. */
const talksFromPerMinute = 60;
/** What may be this late can be asked for. */
const pollsFromSeconds = 5;

export interface Recommendation {
  readonly transport: TransportName;
  readonly because: string;
  readonly load: TransportLoad;
  /** What all three would come to. */
  readonly loads: readonly TransportLoad[];
}

/** The transport that does what is needed with the least. */
export function recommend(need: Need, measured: Measured): Recommendation {
  const loads = loadsOf(need, measured);
  const [poll, sse, websocket] = loads as readonly [TransportLoad, TransportLoad, TransportLoad];
  const of = (load: TransportLoad, because: string): Recommendation => ({
    transport: load.transport,
    because,
    load,
    loads,
  });
  if (need.saysPerMinute >= talksFromPerMinute) {
    return of(websocket, 'Both sides talk fast: a frame costs less than a POST, and needs no round trip');
  }
  if (need.lateSeconds < pollsFromSeconds) {
    return of(sse, 'The server pushes, and clients say little: an ordinary response, which gets through');
  }
  if (processesFor(poll, measured) <= processesFor(sse, measured)) {
    return of(poll, `${need.lateSeconds} seconds late is fine: nobody has to hold a connection for that`);
  }
  const everyMs = need.lateSeconds * 1000;
  return of(sse, `Asking that often takes more servers than pushing as seldom does, with everyMs: ${everyMs}`);
}
