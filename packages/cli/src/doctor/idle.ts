import { openClient } from '../hub-client.ts';
import type { Check, Ground, Verdict } from './check.ts';
import { EventStream } from './event-stream.ts';
import { ProbeError } from './probe.ts';

/** As long as clients let a poll wait. */
const longestPollS = 25;
/** How much later than it is due a heartbeat may be. */
const graceMs = 1000;

/** What became of a quiet connection. */
interface Watched {
  readonly what: string;
  /** What ended it, and after how long; `null` if nothing did. */
  readonly cut: string | null;
}

/** Quiet connections stay open. */
export const idle: Check = {
  name: 'idle',
  expects: 'quiet connections stay open, by their heartbeat',
  needs: [],
  announces: ({ patienceMs }) => `looks at quiet connections for ${seconds(patienceMs)}`,
  async run(ground): Promise<Verdict> {
    const { patienceMs, passed } = ground;
    if (!passed('stream')) return { type: 'skip', why: 'needs streams that come through' };
    const stream = await EventStream.session(ground.probe, ground.probe.connect());
    try {
      const everyMs = (await stream.frame('connected'))?.heartbeatMs ?? null;
      // Nothing is silent for longer than that.
      const watchMs = everyMs === null ? patienceMs : Math.min(patienceMs, everyMs + graceMs);
      const [streamed, ...others] = await Promise.all([
        watchedStream(stream, watchMs),
        ...(passed('websocket') ? [watchedWebSocket(ground, watchMs)] : []),
        ...(passed('long-poll') ? [watchedPoll(ground)] : []),
      ]);
      const cuts = [streamed, ...others].flatMap(({ what, cut }) => (cut === null ? [] : [`${what} ${cut}`]));
      const beats = everyMs === null ? 'there is no heartbeat' : `the heartbeat comes every ${seconds(everyMs)}`;
      if (cuts.length > 0) {
        const advice = 'let what is on the way wait for longer than the heartbeat, and for polls at least 30 s';
        return { type: 'fail', came: `${cuts.join(', ')}; ${beats}`, advice, remedy: 'idle' };
      }
      if (everyMs === null) {
        const advice = 'leave heartbeat on: without it proxies cut what is quiet, and the dead are not noticed';
        return { type: 'note', came: `nothing was cut in ${seconds(watchMs)}; ${beats}`, advice };
      }
      if (watchMs <= everyMs) {
        const advice = `look for longer: --patience ${Math.ceil((everyMs + graceMs) / 1000)}`;
        return { type: 'note', came: `nothing was cut in ${seconds(watchMs)}; ${beats}`, advice };
      }
      if (streamed.heard) return { type: 'ok', came: `nothing was cut in ${seconds(watchMs)}; ${beats}` };
      const advice = 'let comments of the stream through, and nothing hold them back';
      return { type: 'fail', came: `no heartbeat came in ${seconds(watchMs)}; ${beats}`, advice, remedy: 'buffering' };
    } finally {
      stream.close();
    }
  },
};

async function watchedStream(stream: EventStream, watchMs: number): Promise<Watched & { readonly heard: boolean }> {
  const startedMs = performance.now();
  let heard = false;
  for (;;) {
    const leftMs = startedMs + watchMs - performance.now();
    if (leftMs <= 0) return { what: 'a stream', cut: null, heard };
    const item = await stream.next(leftMs);
    if (item?.type === 'comment') heard = true;
    if (item === null && stream.ended) return { what: 'a stream', cut: `was cut after ${since(startedMs)}`, heard };
  }
}

async function watchedWebSocket({ probe }: Ground, watchMs: number): Promise<Watched> {
  const { client } = openClient(probe.target, 'websocket');
  let openedMs: number | null = null;
  const over = Promise.withResolvers<string | null>();
  const timer = setTimeout(() => over.resolve(null), watchMs);
  client.subscribe(() => {
    const { state } = client.status;
    if (state === 'open') openedMs ??= performance.now();
    else if (openedMs !== null) over.resolve(`was cut after ${since(openedMs)}`);
  });
  client.connect();
  const cut = await over.promise;
  clearTimeout(timer);
  client.close();
  return { what: 'a WebSocket', cut };
}

async function watchedPoll({ probe, patienceMs }: Ground): Promise<Watched> {
  const what = 'a poll';
  const waitS = Math.max(1, Math.min(longestPollS, Math.floor(patienceMs / 1000)));
  const opened = await probe.answer({ method: 'POST', query: '?wait=1', body: probe.connect() });
  const session = /"session":"([^"]+)"/.exec(opened.text)?.[1] ?? '';
  const startedMs = performance.now();
  const query = `?session=${encodeURIComponent(session)}&wait=${waitS}&poll=1`;
  try {
    const { status } = await probe.answer({ method: 'POST', query, body: '' }, waitS * 1000 + 5000);
    return { what, cut: status === 200 ? null : `was answered with ${status} after ${since(startedMs)}` };
  } catch (cause) {
    if (cause instanceof ProbeError) return { what, cut: `was cut after ${since(startedMs)}` };
    throw cause;
  }
}

function since(startedMs: number): string {
  return seconds(performance.now() - startedMs);
}

function seconds(ms: number): string {
  return `${Number((ms / 1000).toFixed(1))} s`;
}
