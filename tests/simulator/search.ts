import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** The share of one worker: `count` seeds from `first`, each `stride` after the one before it. */
export interface SearchOrder {
  readonly coreUrl: string;
  readonly first: number;
  readonly count: number;
  readonly stride: number;
}

/** What a worker tells. */
export type SearchNews =
  | { readonly type: 'progress'; readonly done: number }
  | { readonly type: 'failed'; readonly seed: number; readonly why: string; readonly report: string }
  | { readonly type: 'done' };

export type Failure = Extract<SearchNews, { readonly type: 'failed' }>;

/** What to search. */
export interface Search {
  /** The engine to simulate, as the URL of its module. */
  readonly coreUrl: string;
  readonly first: number;
  readonly count: number;
  readonly workers: number;
  /** Is told how many schedules have passed. */
  progress(done: number): void;
}

/** Runs schedules in worker threads until all have passed or one has failed. Resolves to that one, or `null`. */
export async function search({ coreUrl, first, count, workers, progress }: Search): Promise<Failure | null> {
  const all = Array.from({ length: Math.min(workers, count) }, (_, index) => {
    const share = Math.ceil((count - index) / workers);
    return new Worker(new URL('search-worker.ts', import.meta.url), {
      workerData: { coreUrl, first: first + index, count: share, stride: workers } satisfies SearchOrder,
    });
  });
  let done = 0;
  const ended = new Set<Worker>();
  const exits = all.map((worker) => once(worker, 'exit'));
  for (const exit of exits) exit.catch(() => {});
  const ends = all.map(
    (worker) =>
      new Promise<Failure | null>((resolve, reject) => {
        worker.once('error', reject);
        worker.once('exit', () => resolve(null));
        worker.on('message', (news: SearchNews) => {
          if (news.type !== 'progress') {
            ended.add(worker);
            return resolve(news.type === 'failed' ? news : null);
          }
          done += news.done;
          progress(done);
        });
      }),
  );
  try {
    // Whoever fails first ends the search for all.
    return await new Promise<Failure | null>((resolve, reject) => {
      for (const end of ends) end.then((failure) => failure !== null && resolve(failure), reject);
      Promise.all(ends).then(() => resolve(null), reject);
    });
  } finally {
    // Whoever has come to the end goes by itself: Node crashes now and then if a worker is terminated while it exits.
    for (const worker of all) if (!ended.has(worker)) await worker.terminate();
    await Promise.allSettled(exits);
  }
}
