import type { Check, Ground, Verdict } from './check.ts';
import { EventStream } from './event-stream.ts';
import { described } from './probe.ts';
import { promptMs } from './prompt.ts';

const requests = 8;

/** Each request may come to any node. */
export const nodes: Check = {
  name: 'nodes',
  expects: 'requests of one session may come to any node, and all have one log',
  needs: ['stream', 'query'],
  async run(ground): Promise<Verdict> {
    const { probe, channel } = ground;
    const stream = await EventStream.session(probe, probe.connect());
    try {
      const session = (await stream.frame('connected'))?.session;
      if (session === undefined || session === null) {
        return { type: 'fail', came: 'the session has no id', advice: 'let the stream through as it is' };
      }
      const strayed = await strayedPosts(ground, stream, session);
      if (typeof strayed !== 'number') return strayed;
      const epochs = channel === null ? 1 : await epochsOf(ground, channel);
      if (strayed === 0 && epochs <= 1) {
        const more = channel === null ? '' : ', and one log';
        return { type: 'ok', came: `${requests} of ${requests} requests over new connections were taken${more}` };
      }
      const logs = epochs > 1 ? `; the channel has ${epochs} logs` : '';
      return {
        type: 'fail',
        came: `${strayed} of ${requests} requests came to a node that does not know the session${logs}`,
        advice: 'there are several nodes, each with channels of its own: give all of them one broker',
        remedy: 'nodes',
      };
    } finally {
      stream.close();
    }
  },
};

/** How many of the requests came to somebody who does not know the session; or what else is wrong. */
async function strayedPosts({ probe }: Ground, stream: EventStream, session: string): Promise<number | Verdict> {
  let strayed = 0;
  for (let id = 2; id < requests + 2; id += 1) {
    const query = `?session=${encodeURIComponent(session)}`;
    const answer = await probe.answer({ method: 'POST', query, body: `${JSON.stringify({ type: 'ping', id })}\n` });
    if (answer.code === 'session_unknown' || answer.code === 'session_lost') strayed += 1;
    else if (answer.status !== 202) {
      return { type: 'fail', came: described(answer), advice: 'let POSTs with ?session= through as they are' };
    } else if ((await stream.frame('pong')) === null) {
      const came = `a request was taken, and its answer did not come on the stream in ${promptMs / 1000} s`;
      const advice = 'something on the way gathers what it is given after the first event: turn its buffering off here';
      return { type: 'fail', came, advice, remedy: 'buffering' };
    }
  }
  return strayed;
}

/** How many logs the channel has, as far as pages tell; 0 where they may not be read. */
async function epochsOf({ probe }: Ground, channel: string): Promise<number> {
  const epochs = new Set<string>();
  for (let count = 0; count < 4; count += 1) {
    const query = `?channel=${encodeURIComponent(channel)}&last=1&limit=1`;
    const answer = await probe.answer({ query, headers: { accept: 'application/json' } });
    const epoch = /"position":"([^".]+)\.\d+","floor"/.exec(answer.text)?.[1];
    if (answer.status === 200 && epoch !== undefined) epochs.add(epoch);
  }
  return epochs.size;
}
