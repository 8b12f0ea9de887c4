import type { Check, Verdict } from './check.ts';
import type { Answer } from './probe.ts';
import { described } from './probe.ts';

/** A hub answers at the URL. All other checks stand on it. */
export const reach: Check = {
  name: 'reach',
  expects: 'a ping is answered by a hub',
  needs: [],
  async run({ probe }) {
    const answer = await probe.answer({ method: 'POST', body: probe.connect({ type: 'ping', id: 2 }) });
    if (answer.status === 200 && isPong(answer.text)) {
      return { type: 'ok', came: `a hub answers in ${Math.ceil(answer.ms)} ms` };
    }
    return { type: 'fail', came: described(answer), advice: adviceOn(answer) };
  },
};

function isPong(text: string): boolean {
  try {
    return (JSON.parse(text) as { readonly type?: unknown } | null)?.type === 'pong';
  } catch {
    return false;
  }
}

function adviceOn({ status, headers, code }: Answer): string {
  if (code === 'tokens_unsupported') return 'this hub takes no tokens: leave --token out';
  if (code !== null) return 'a hub is there and refuses; its message says why: --token or --header say who asks';
  if (status >= 300 && status < 400) return `give the URL that this one leads to: ${headers.location ?? '?'}`;
  if (status === 401 || status === 403) return "something before it wants a login: --header 'cookie: …' or --token";
  if (status === 502 || status === 503 || status === 504)
    return 'a proxy answers that does not reach the app: start it, or mend the address the proxy has';
  if (status === 200) return 'something else answers here: is this the path at which the hub is mounted?';
  return 'is this the path at which the hub is mounted, and does the proxy keep it, for POST too?';
}

/** The query comes through. */
export const query: Check = {
  name: 'query',
  expects: 'what stands behind the ? of the URL arrives',
  needs: [],
  async run({ probe }): Promise<Verdict> {
    // No channel can be called this: the answer tells whether the name has arrived, and costs nothing.
    const asked = { query: '?channel=%20', headers: { accept: 'application/json' } };
    const answer = await probe.answer(asked);
    if (answer.code === 'channel_invalid') return { type: 'ok', came: 'it arrives' };
    const remedy = 'query' as const;
    if (answer.code === 'channel_missing') {
      return { type: 'fail', came: 'the query is lost on the way', advice: 'let the proxy keep it', remedy };
    }
    return { type: 'fail', came: described(answer), advice: 'let GET requests through as well as POST' };
  },
};
