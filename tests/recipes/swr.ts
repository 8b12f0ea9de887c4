import useSWR from 'swr';
import { fetchOrder } from './order.ts';
import type { Order } from './order.ts';
import { useChannel, useChannelStatus } from './rt.ts';

const nothing: Order = { title: '', paid: false, lines: [] };

export function useOrder(id: string) {
  // Fetched once the channel is read: nothing is missed in between.
  const { state } = useChannelStatus(`order:${id}`);
  const order = useSWR(state === 'idle' || state === 'pending' ? null : `order:${id}`, () => fetchOrder(id));
  const patch = (changed: Partial<Order>) => {
    // What is being fetched may be older than the change.
    void order.mutate((shown) => shown && { ...shown, ...changed }, { revalidate: order.isValidating });
  };
  const refetch = () => void order.mutate();
  const channel = useChannel(`order:${id}`, { on: { changed: patch, lineAdded: refetch }, onGap: refetch });

  const rename = (title: string) =>
    order.mutate(channel.send('rename', title), {
      optimisticData: (shown = nothing) => ({ ...shown, title }),
      rollbackOnError: true,
      populateCache: false,
    });
  return { ...order, rename };
}
