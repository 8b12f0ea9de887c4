import useSWR, { useSWRConfig } from 'swr';
import { fetchOrder } from './order.ts';
import type { Order } from './order.ts';
import { useChannel, useChannelStatus } from './rt.ts';

const nothing: Order = { title: '', paid: false, lines: [] };

export function useOrder(id: string) {
  const key = `order:${id}` as const;
  const { cache } = useSWRConfig();
  // Fetched once the channel is read: nothing is missed in between.
  const { state } = useChannelStatus(key);
  const isRead = state !== 'idle' && state !== 'pending';
  const { data, error, mutate } = useSWR(isRead ? key : null, () => fetchOrder(id));
  const refetch = () => void mutate();
  const channel = useChannel(key, {
    on: {
      // What is being fetched may be older than the change.
      changed: (changed) =>
        void mutate((order) => order && { ...order, ...changed }, {
          revalidate: cache.get(key)?.isValidating === true,
        }),
      lineAdded: refetch,
    },
    onGap: refetch,
  });

  const rename = (title: string) =>
    mutate(channel.send('rename', title), {
      optimisticData: (order = nothing) => ({ ...order, title }),
      rollbackOnError: true,
      populateCache: false,
    });
  return { data, error, rename };
}
