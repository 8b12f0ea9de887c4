import type { BatchObservableCallback, Histogram, Meter, Observable } from '@opentelemetry/api';
import { metrics } from '@opentelemetry/api';
import type { Hub } from '@rt/core';
import type { Observed } from './observed.ts';
import { observed } from './observed.ts';
import { traceparent } from './traceparent.ts';

/** A hub, as far as it is measured. */
export type Measured = Pick<Hub, 'measures' | 'onFlush' | 'traceWith'>;

/** Options of {@link instrument}. */
export interface InstrumentOptions {
  /**
   * Makes the instruments. Two hubs of one process want a meter each.
   * @default metrics.getMeter('@rt/otel'), of the provider that is registered by then
   */
  readonly meter?: Meter;
  /** Whether publications carry the trace of the span that they are made in. @default false */
  readonly traces?: boolean;
}

/**
 * Says in metrics of OpenTelemetry what a hub does. Counting costs nothing here: a hub counts anyway, and is read when
 * somebody collects; only how long a turn takes is said as it happens. Returns how to stop.
 *
 * `const stop = instrument(hub)`
 */
export function instrument(
  hub: Measured,
  { meter = metrics.getMeter('@rt/otel'), traces = false }: InstrumentOptions = {},
): () => void {
  const instruments = observed.map((row) => ({ row, instrument: created(meter, row) }));
  const read: BatchObservableCallback = (result) => {
    const measures = hub.measures();
    for (const { row, instrument: observable } of instruments) {
      for (const [value, attributes] of row.read(measures)) result.observe(observable, value, attributes);
    }
  };
  const observables = instruments.map(({ instrument: observable }) => observable);
  meter.addBatchObservableCallback(read, observables);
  const duration = flushDuration(meter);
  const stopFlush = hub.onFlush(({ ms }) => duration.record(ms / 1000));
  const stopTraces = traces ? hub.traceWith(traceparent) : (): void => {};
  return () => {
    meter.removeBatchObservableCallback(read, observables);
    stopFlush();
    stopTraces();
  };
}

function created(meter: Meter, { name, kind, unit, description }: Observed): Observable {
  const options = { unit, description };
  if (kind === 'counter') return meter.createObservableCounter(name, options);
  if (kind === 'sum') return meter.createObservableUpDownCounter(name, options);
  return meter.createObservableGauge(name, options);
}

/** A turn takes one to two milliseconds as it should be. */
function flushDuration(meter: Meter): Histogram {
  return meter.createHistogram('rt.flush.duration', {
    unit: 's',
    description: 'Time that turns take in which publications are handed to connections.',
    advice: {
      explicitBucketBoundaries: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
    },
  });
}
