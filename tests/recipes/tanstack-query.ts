import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Order } from './order.ts';
import { fetchOrder } from './order.ts';
import { useChannel, useChannelStatus } from './rt.ts';

export function useOrder(id: string) {
  const queries = useQueryClient();
  const queryKey = ['order', id];
  const refetch = () => void queries.invalidateQueries({ queryKey });
  const patch = (change: (order: Order) => Order) => {
    // What is being fetched may be older than the change.
    if (queries.isFetching({ queryKey }) > 0) refetch();
    else queries.setQueryData<Order>(queryKey, (order) => order && change(order));
  };
  useChannel(`order:${id}`, {
    on: {
      changed: (changed) => patch((order) => ({ ...order, ...changed })),
      lineAdded: refetch,
    },
    onGap: refetch,
  });
  // Fetched once the channel is read: nothing is missed in between.
  const { state } = useChannelStatus(`order:${id}`);
  return useQuery({ queryKey, queryFn: () => fetchOrder(id), enabled: state !== 'idle' && state !== 'pending' });
}

export function useRename(id: string) {
  const queries = useQueryClient();
  const order = useChannel(`order:${id}`);
  const queryKey = ['order', id];
  return useMutation({
    mutationFn: (title: string) => order.send('rename', title),
    onMutate(title) {
      const before = queries.getQueryData<Order>(queryKey);
      queries.setQueryData<Order>(queryKey, (shown) => shown && { ...shown, title });
      return before;
    },
    // Refused: it is what it was, and whatever has changed meanwhile.
    onError(_error, _title, before) {
      queries.setQueryData(queryKey, before);
      return queries.invalidateQueries({ queryKey });
    },
  });
}
