import type { Check, Ground, Verdict } from './check.ts';
import type { Answer } from './probe.ts';

/** How long a poll waits here, as whole seconds are what a hub takes. */
const waitS = 1;

/** Nobody on the way answers for the hub. */
export const cache: Check = {
  name: 'cache',
  expects: 'answers are of the hub, and not of a cache',
  needs: ['query', 'nodes'],
  async run(ground): Promise<Verdict> {
    const { probe, channel } = ground;
    const query = `?channel=${channel === null ? '%20' : encodeURIComponent(channel)}`;
    const asked = { query, headers: { accept: 'application/json' } };
    const [, second] = [await probe.answer(asked), await probe.answer(asked)];
    const stored = storedBy(second);
    if (stored !== null) return fromCache(`an answer came from a cache (${stored})`);
    const waited = channel === null ? null : await secondPoll(ground, query);
    if (waited === 'at once') return fromCache(`a poll that waits ${waitS} s was answered at once the second time`);
    if (second.headers['cache-control']?.includes('no-store') === true) {
      return {
        type: 'ok',
        came: waited === null ? 'no-store arrives' : 'no-store arrives, and polls are not answered by others',
      };
    }
    return {
      type: 'note',
      came: `Cache-Control is ${JSON.stringify(second.headers['cache-control'] ?? '')} where the hub says no-store`,
      advice: 'let Cache-Control through, so that nothing further on stores pages',
    };
  },
};

/** A poll that has come back empty waits again if it is asked again. `null` where that cannot be seen. */
async function secondPoll({ probe }: Ground, query: string): Promise<'at once' | 'in time' | null> {
  const headers = { accept: 'application/json' };
  const position = /"position":"([^"]+)","floor"/.exec(
    (await probe.answer({ query: `${query}&limit=1`, headers })).text,
  )?.[1];
  if (position === undefined) return null;
  const poll = { query: `${query}&after=${position}&wait=${waitS}`, headers };
  const answers = [await probe.answer(poll), await probe.answer(poll)];
  // What comes meanwhile, or cuts it, says nothing about a cache.
  if (answers.some(({ status, text }) => status !== 200 || !text.includes('"publications":[]'))) return null;
  if (answers.some(({ text }) => text.includes('"gap"'))) return null;
  return (answers[1]?.ms ?? 0) < waitS * 500 ? 'at once' : 'in time';
}

/** The header by which a cache says that it has answered. */
function storedBy({ headers }: Answer): string | null {
  if (headers.age !== undefined && headers.age !== '0') return `Age: ${headers.age}`;
  const names = ['x-cache', 'x-cache-status', 'cf-cache-status', 'x-proxy-cache'];
  const name = names.find((one) => /\bhit\b/i.test(String(headers[one] ?? '')));
  return name === undefined ? null : `${name}: ${String(headers[name])}`;
}

function fromCache(came: string): Verdict {
  const advice = 'let nothing on the way store what this path answers: readers are told old pages, and each other’s';
  return { type: 'fail', came, advice, remedy: 'cache' };
}
