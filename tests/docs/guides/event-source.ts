export function read(show: (what: unknown) => void): EventSource {
  // #region source
  const order = new EventSource('/rt?channel=order:42&last=20'); // the 20 newest, then live
  order.addEventListener('status', ({ data, lastEventId }) => show({ change: JSON.parse(data), at: lastEventId }));
  order.addEventListener('rt.gap', ({ data }) => show(JSON.parse(data).reason));
  // #endregion
  return order;
}
