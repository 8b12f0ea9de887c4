import type { GapReason } from '@rt/protocol';
import { formatPosition, parsePosition } from '@rt/protocol';
import type { Check, Ground, Verdict } from './check.ts';
import { EventStream } from './event-stream.ts';
import { ProbeError } from './probe.ts';

/** A connection that was cut goes on from its place. */
export const resume: Check = {
  name: 'resume',
  expects: 'a connection that was cut goes on from its place',
  needs: ['stream', 'query', 'nodes'],
  async run(ground): Promise<Verdict> {
    const { channel } = ground;
    if (channel === null) return { type: 'skip', why: 'needs --channel' };
    const position = await subscribed(ground, channel);
    if (typeof position !== 'string') return position;
    const again = await subscribed(ground, channel, position);
    if (typeof again !== 'string') return again;
    return plainResume(ground, channel, again);
  },
};

const gapAdvice: Readonly<Record<GapReason, string>> = {
  epoch_changed: 'the log began anew just now: was a node started again? Logs in memory end with their process',
  trimmed: 'the channel keeps less than what comes within a reconnect: raise keep',
  ahead: 'the log has lost its end: look at how Redis persists, and at its failovers',
  too_far: 'more came within a moment than is read at once: look again when there is less',
  unavailable: 'the log could not be read: look at what the app says of its broker',
};

/** The place of a session's subscription, after a place if there is one; or what is wrong with it. */
async function subscribed({ probe }: Ground, channel: string, after?: string): Promise<string | Verdict> {
  const frame = { type: 'subscribe', id: 2, channel, ...(after !== undefined && { after }) };
  const stream = await EventStream.session(probe, probe.connect(frame));
  try {
    const answer = await stream.frame('subscribed');
    if (answer === null) return { type: 'fail', came: 'the subscription was not answered', advice: 'try it again' };
    if (answer.gap === undefined) return answer.position;
    const came = `a session was told ${answer.gap.reason} after ${answer.gap.after}`;
    const advice = gapAdvice[answer.gap.reason];
    return { type: 'fail', came, advice };
  } catch (cause) {
    if (cause instanceof ProbeError && cause.code !== null) return { type: 'skip', why: cause.message };
    throw cause;
  } finally {
    stream.close();
  }
}

/** Browsers bring the place in a header, and by hand it is in the query: both have to arrive. */
async function plainResume({ probe }: Ground, channel: string, position: string): Promise<Verdict> {
  const at = parsePosition(position);
  // Of a place that is not the newest the answer shows that it has arrived; that nothing is there yet does not matter.
  const place = at === null ? position : formatPosition(at.epoch, at.offset === 0 ? 1 : at.offset - 1);
  const query = `?channel=${encodeURIComponent(channel)}`;
  const ways = [
    ['Last-Event-ID', { query, headers: { 'last-event-id': place } }],
    ['after=', { query: `${query}&after=${place}` }],
  ] as const;
  for (const [way, asked] of ways) {
    let stream: EventStream;
    try {
      stream = await EventStream.open(probe, asked);
    } catch (cause) {
      // What a token allows, plain requests do not have.
      if (!(cause instanceof ProbeError) || cause.code === null) throw cause;
      return { type: 'ok', came: `a session went on from ${position}; plain streams are refused (${cause.code})` };
    }
    const begun = await firstId(stream);
    stream.close();
    if (begun === place) continue;
    const came =
      begun === null ? `with ${way} the stream has no place` : `${way} is lost: asked for ${place}, began at ${begun}`;
    return {
      type: 'fail',
      came,
      advice: 'let the proxy pass it on: without it whatever came meanwhile is missing',
      remedy: 'place',
    };
  }
  return { type: 'ok', came: `a session and a plain stream went on from ${position}` };
}

/** The place with which a stream begins. */
async function firstId(stream: EventStream): Promise<string | null> {
  for (;;) {
    const item = await stream.next();
    if (item === null) return null;
    if (item.type === 'id' || item.type === 'event') return item.id;
  }
}
