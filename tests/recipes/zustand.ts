import { fromResponse } from '@rt/client';
import type { Client } from '@rt/client';
import { immer } from 'zustand/middleware/immer';
import { createStore } from 'zustand/vanilla';
import type { channels } from './channels.ts';
import type { Order } from './order.ts';

export function orderStore(rt: Client<typeof channels>, id: string) {
  const store = createStore<{ order: Order | null }>()(immer(() => ({ order: null })));
  // Reads the order with the position of its channel, follows from there, and reads it again after a gap.
  const channel = rt.channel(`order:${id}`, { state: () => fromResponse<Order>(fetch(`/orders/${id}`)) });
  const stops = [
    channel.onState((order) => store.setState({ order })),
    channel.on('changed', (changed) => store.setState(({ order }) => void (order && Object.assign(order, changed)))),
    channel.on('lineAdded', ({ product }) => store.setState(({ order }) => void order?.lines.push(product))),
  ];
  return { ...store, stop: () => stops.forEach((stop) => stop()) };
}
