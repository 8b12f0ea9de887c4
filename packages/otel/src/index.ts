export type { InstrumentOptions, Measured } from './instrument.ts';
export { instrument } from './instrument.ts';
export { traceparent } from './traceparent.ts';
