import type { Check, Verdict } from './check.ts';
import { described } from './probe.ts';
import { handshake } from './websocket.ts';

/** Nobody can have it: what comes from there is of another site. */
const foreign = { origin: 'https://rt-doctor.invalid', 'sec-fetch-site': 'cross-site' };

/** Pages of other sites cannot speak with a user's cookies, and its own can. */
export const origin: Check = {
  name: 'origin',
  expects: 'pages of another site are refused, those of its own are not',
  needs: [],
  async run({ probe, origin: own, passed }): Promise<Verdict> {
    const body = probe.connect({ type: 'ping', id: 2 });
    // As a browser that does not say Sec-Fetch-Site: the hub goes by the Host.
    const page = await probe.answer({ method: 'POST', body, headers: { origin: own } });
    if (page.code === 'origin_denied') {
      const isOther = own !== new URL(probe.target.url).origin;
      const advice = isOther
        ? `add ${JSON.stringify(own)} to auth.origins`
        : 'the hub hears another Host than browsers say: let the proxy pass it on';
      const came = `a page of ${own} is refused`;
      return { type: 'fail', came, advice, ...(!isOther && { remedy: 'host' as const }) };
    }
    if (page.status !== 200) {
      return { type: 'fail', came: described(page), advice: `let requests of pages of ${own} through` };
    }
    const post = await probe.answer({ method: 'POST', body, headers: foreign });
    // Whoever else refuses it does so as well.
    const allowed = [
      ...(post.status < 400 ? ['POST'] : []),
      ...(passed('websocket') && (await handshake(probe, foreign)).status === 101 ? ['WebSocket'] : []),
    ];
    if (allowed.length === 0) return { type: 'ok', came: `pages of another site are refused, those of ${own} are not` };
    return {
      type: 'fail',
      came: `a page of another site may open a ${allowed.join(' and a ')} with its visitor’s cookies`,
      advice: 'allow only sites that you know, unless there are no cookies and everybody may read: then --skip origin',
      remedy: 'foreign',
    };
  },
};
