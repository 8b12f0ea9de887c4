import type { Client } from '@rt/client';
import type { channels } from '../guides/channels.ts';

declare const rt: Client<typeof channels>;
declare const show: (status: unknown) => void;

// oxlint-disable-next-line no-unused-vars -- as the guide has it
import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';

const tracer = trace.getTracer('orders');

rt.channel('order:42').on('status', (status, { trace: traceparent }) => {
  const parent = propagation.extract(ROOT_CONTEXT, { traceparent });
  tracer.startActiveSpan('show status', {}, parent, (span) => {
    show(status);
    span.end();
  });
});
