import type { Socket } from 'node:net';
import { bulk, rooms } from './channels.ts';
import { checkAllTold } from './ending.ts';
import type { Wire } from './reader-wires.ts';
import { openRoad } from './road.ts';
import type { Stage } from './stage.ts';
import { pause, pick } from './stage.ts';
import { Watch } from './watch.ts';

/** How somebody reads who has no client. */
export interface ReaderKind {
  readonly wire: Wire;
  /** Whether it reads what is large, and stops now and then. */
  readonly slow: boolean;
}

/** Somebody who reads one channel in bytes, and comes back by itself to where it was. */
export async function readerLife(stage: Stage, name: string, kind: ReaderKind, forMs: number): Promise<void> {
  const { random, over, book, did } = stage;
  const channel = kind.slow ? bulk : pick(random, rooms);
  const watch = new Watch(book, 'log', channel, name);
  const road = await openRoad(stage);
  const stop = new AbortController();
  const first = random() < 0.5 ? book.placeBefore(channel, 20) : null;
  watch.after(first);
  let socket: Socket | null = null;
  const reading = (async (): Promise<void> => {
    let lastId = first;
    while (!stop.signal.aborted) {
      const ended = kind
        .wire({ port: road.port, name, watch, lastId, opened: (its) => (socket = its), tally: did })
        .then((last) => (lastId = last ?? lastId));
      // It could not be opened: the road is broken, or the node away.
      await ended.catch(() => did.count('connections of readers that came to nothing'));
      await pause(50 + random() * 200, stop.signal);
    }
  })();
  const endsMs = Date.now() + forMs;
  while (Date.now() < endsMs && !over.aborted) {
    await pause(500 + random() * 4000, over);
    if (kind.slow) {
      did.count('times a reader stopped');
      const its = socket as Socket | null;
      its?.pause();
      await pause(1000 + random() * 9000, over);
      its?.resume();
    }
    if (random() < 0.3) await road.suffer();
  }
  await checkAllTold(stage, [watch]);
  if (over.aborted) await stage.rest([watch]);
  stop.abort();
  if (random() < 0.5) (socket as Socket | null)?.destroy();
  road.break();
  await reading;
  await road.close();
}
