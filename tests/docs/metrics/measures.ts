import { channels } from '../guides/channels.ts';
import { createHub } from '@rt/core';
import { instrument } from '@rt/otel';

const hub = createHub({ channels });
const stop = instrument(hub);

export function begin(): () => void {
  setInterval(() => console.log(JSON.stringify(hub.measures())), 60_000).unref();
  instrument(hub, { traces: true }); // of a worker: publisher.traceWith(traceparent)
  return stop;
}
