import { isSpanContextValid, trace } from '@opentelemetry/api';

/**
 * The active span as a W3C `traceparent`, or `null` if there is none: for `traceWith` of a hub or a publisher.
 *
 * `publisher.traceWith(traceparent)`
 *
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function traceparent(): string | null {
  const span = trace.getActiveSpan()?.spanContext();
  if (span === undefined || !isSpanContextValid(span)) return null;
  return `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, '0')}`;
}
