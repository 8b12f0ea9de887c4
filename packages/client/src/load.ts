import type { Loaded } from './channel-core.ts';

/**
 * What an HTTP answer holds, with the position to follow it from, which the server has put into a header: it has read the
 * position before the state, so that nothing in between is missed.
 *
 * `rt.channel('order:42', { state: () => fromResponse<Order>(fetch('/orders/42')) })`
 *
 * @param header The name of the header. @default 'rt-position'
 * @throws Error if the answer is not a good one, or has no such header
 */
export async function fromResponse<State>(
  answer: Response | Promise<Response>,
  header: string = 'rt-position',
): Promise<Loaded<State>> {
  const response = await answer;
  if (!response.ok) throw new Error(`${response.url} was answered with ${response.status}`);
  const position = response.headers.get(header);
  if (position === null) {
    throw new Error(`${response.url} has no header ${header}; send the position that was read before the state in it`);
  }
  return { state: (await response.json()) as State, position };
}
