export interface Order {
  readonly title: string;
  readonly paid: boolean;
  readonly lines: readonly string[];
}

export async function fetchOrder(id: string): Promise<Order> {
  const response = await fetch(`/orders/${id}`);
  if (!response.ok) throw new Error(`order ${id} was answered with ${response.status}`);
  return (await response.json()) as Order;
}
