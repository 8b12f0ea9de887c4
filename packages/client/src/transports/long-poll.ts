import { endOf, post, Posting, postLast } from './posting.ts';
import type { Pipe, PipeEnd, PipeEvents, PipeRequest, Transport } from './transport.ts';

/** How long the server holds a poll back when there is nothing, in seconds. */
const waitS = 25;

/** Frames as the answers to requests that wait for them: where nothing else comes through. */
export const longPoll: Transport = { name: 'long-poll', open };

function open(request: PipeRequest, events: PipeEvents): Pipe {
  const stop = new AbortController();
  let over = false;
  const end = (told: PipeEnd): void => {
    if (over) return;
    over = true;
    stop.abort();
    events.ended(told);
  };
  const posting = new Posting(request, stop.signal, end);
  const read = async (): Promise<void> => {
    let query = `?wait=${waitS}`;
    let body = request.hello;
    for (let poll = 1; !over; poll += 1) {
      const response = await post(request, query, body, { signal: stop.signal });
      const text = await response.text();
      if (over) return;
      // Where an answer has no length, a cut looks like its end.
      if (!/(^|\n)$/.test(text)) return end({ type: 'lost' });
      events.alive();
      if (text !== '') events.lines(text);
      // A session that was refused or has said goodbye has no next poll.
      if (posting.session === null) return end({ type: 'lost' });
      query = `?session=${posting.session}&wait=${waitS}&poll=${poll}`;
      body = '';
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
