import type { Client } from '@rt/client';
import { fromResponse, GapError } from '@rt/client';
import type { channels } from './channels.ts';

interface Order {
  readonly status: string;
}

type Show = (what: unknown) => void;

export function listen(rt: Client<typeof channels>, show: Show): () => void {
  // #region listen
  const room = rt.channel('room:1', { from: { last: 50 } }); // or 'now', 'start', { after: position }
  const stops = [
    room.on('message', ({ text }, { position }) => show({ text, position })),
    room.onGap(({ reason, after, position }) => show({ reason, after, position })),
  ];
  // #endregion
  return () => stops.forEach((stop) => stop());
}

export function follow(
  rt: Client<typeof channels>,
  fetchOrder: (path: string) => Promise<Response>,
  show: Show,
): () => void {
  // #region state
  const order = rt.channel('order:42', { state: () => fromResponse<Order>(fetchOrder('/orders/42')) });
  const stopState = order.onState((state) => show(state)); // at the beginning, and again after a gap
  const stop = order.on('status', (change) => show(change)); // everything after it, and nothing before
  // #endregion
  return () => [stopState, stop].forEach((each) => each());
}

export async function readAll(rt: Client<typeof channels>, show: Show, enough: () => boolean): Promise<void> {
  // #region read
  try {
    for await (const { data, position } of rt.channel('room:1').read({ from: 'start' })) {
      show({ data, position }); // the next one is told when this one is done
      if (enough()) break;
    }
  } catch (error) {
    if (!(error instanceof GapError)) throw error;
    show(error.gap.reason); // begin anew, from error.gap.position
  }
  // #endregion
}

export async function ask(rt: Client<typeof channels>): Promise<unknown> {
  // #region ask
  const answer = await rt.channel('room:1').send<{ renamed: boolean }>('rename', 'Lounge');
  // #endregion
  return answer;
}
