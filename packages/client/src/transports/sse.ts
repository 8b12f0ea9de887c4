import { createSseParser } from '@rt/protocol';
import { openPosted, post } from './posting.ts';
import type { Pipe, PipeEvents, PipeRequest, Transport } from './transport.ts';

/**
 * The longest until the first bytes come, which the server sends at once: what takes longer is held up by something on
 * the way, which will hold up all that follows.
 */
const firstByteWithinMs = 4000;

/** Frames as events of a stream that is read by fetch, and by POST the other way. */
export const sse: Transport = { name: 'sse', open };

function open(request: PipeRequest, events: PipeEvents): Pipe {
  return openPosted(request, events, async ({ signal, end }) => {
    const cancelWait = request.environment.timer(firstByteWithinMs, () => end({ type: 'unfit' }));
    signal.addEventListener('abort', cancelWait);
    const response = await post(request, '', request.hello, { accept: 'text/event-stream', signal });
    const parser = createSseParser();
    const reader = response.body?.getReader();
    for (let began = false; ; began = true) {
      const value = (await reader?.read())?.value;
      if (value === undefined) return end({ type: began ? 'lost' : 'unfit' });
      cancelWait();
      if (signal.aborted) return;
      events.alive();
      for (const item of parser.feed(value)) {
        // What is read may end it.
        if (item.type === 'event' && !signal.aborted) events.lines(item.data);
      }
    }
  });
}
