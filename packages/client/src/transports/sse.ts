import { createSseParser } from '@rt/protocol';
import { endOf, post, Posting, postLast } from './posting.ts';
import type { Pipe, PipeEnd, PipeEvents, PipeRequest, Transport } from './transport.ts';

/**
 * The longest until the first bytes come, which the server sends at once: what takes longer is held up by something on
 * the way, which will hold up all that follows.
 */
const firstByteWithinMs = 4000;

/** Frames as events of a stream that is read by fetch, and by POST the other way. */
export const sse: Transport = { name: 'sse', open };

function open(request: PipeRequest, events: PipeEvents): Pipe {
  const { environment, hello } = request;
  const stop = new AbortController();
  let over = false;
  const end = (told: PipeEnd): void => {
    if (over) return;
    over = true;
    cancelWait();
    stop.abort();
    events.ended(told);
  };
  const cancelWait = environment.timer(firstByteWithinMs, () => end({ type: 'unfit' }));
  const posting = new Posting(request, stop.signal, end);
  const read = async (): Promise<void> => {
    const response = await post(request, '', hello, { accept: 'text/event-stream', signal: stop.signal });
    const parser = createSseParser();
    const reader = response.body?.getReader();
    for (let began = false; ; began = true) {
      const value = (await reader?.read())?.value;
      if (value === undefined) return end({ type: began ? 'lost' : 'unfit' });
      cancelWait();
      if (over) return;
      events.alive();
      for (const item of parser.feed(value)) {
        // What is read may end it.
        if (item.type === 'event' && !over) events.lines(item.data);
      }
    }
  };
  read().catch((cause: unknown) => end(endOf(cause)));
  return {
    send: (lines) => posting.send(lines),
    named: (session, maxFrameBytes) => posting.named(session, maxFrameBytes),
    last: (lines) => postLast(request, lines),
    close: () => end({ type: 'lost' }),
  };
}
