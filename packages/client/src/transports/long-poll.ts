import { openPosted, post } from './posting.ts';
import type { Pipe, PipeEvents, PipeRequest, Transport } from './transport.ts';

/** How long the server holds a poll back when there is nothing, in seconds. */
const waitS = 25;

/** Frames as the answers to requests that wait for them: where nothing else comes through. */
export const longPoll: Transport = { name: 'long-poll', open };

function open(request: PipeRequest, events: PipeEvents): Pipe {
  return openPosted(request, events, async ({ posting, signal, end }) => {
    let query = `?wait=${waitS}`;
    let body = request.hello;
    for (let poll = 1; !signal.aborted; poll += 1) {
      const response = await post(request, query, body, { signal });
      const text = await response.text();
      if (signal.aborted) return;
      // Where an answer has no length, a cut looks like its end.
      if (!/(^|\n)$/.test(text)) return end({ type: 'lost' });
      events.alive();
      if (text !== '') events.lines(text);
      // A session that was refused or has said goodbye has no next poll.
      if (posting.session === null) return end({ type: 'lost' });
      query = `?session=${posting.session}&wait=${waitS}&poll=${poll}`;
      body = '';
    }
  });
}
