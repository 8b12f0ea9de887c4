import type { Check, Verdict } from './check.ts';
import { described } from './probe.ts';

/** The last way, where no stream comes through. */
export const longPoll: Check = {
  name: 'long-poll',
  expects: 'a session over long-poll opens, and its polls are answered',
  needs: ['query', 'nodes'],
  async run({ probe }): Promise<Verdict> {
    const startedMs = performance.now();
    const opened = await probe.answer({ method: 'POST', query: '?wait=10', body: probe.connect() });
    const session = /"type":"connected".*?"session":"([^"]+)"/.exec(opened.text)?.[1];
    const advice = 'let POSTs with ?wait= through as they are';
    if (opened.status !== 200 || session === undefined) return { type: 'fail', came: described(opened), advice };
    for (let poll = 1; poll <= 2; poll += 1) {
      const query = `?session=${encodeURIComponent(session)}&wait=10&poll=${poll}`;
      const body = `${JSON.stringify({ type: 'ping', id: poll + 1 })}\n`;
      const answer = await probe.answer({ method: 'POST', query, body });
      if (answer.status !== 200 || !answer.text.includes('"pong"')) {
        return { type: 'fail', came: described(answer), advice };
      }
    }
    return { type: 'ok', came: `opened and polled twice in ${Math.ceil(performance.now() - startedMs)} ms` };
  },
};
