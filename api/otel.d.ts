// @rt/otel

import type { Meter } from '@opentelemetry/api';
import type { Hub } from '@rt/core';

export interface InstrumentOptions {
  readonly meter?: Meter;
  readonly traces?: boolean;
}

export type Measured = Pick<Hub, 'measures' | 'onFlush' | 'traceWith'>;

export declare function instrument(hub: Measured, { meter, traces }?: InstrumentOptions): () => void;

export declare function traceparent(): string | null;
