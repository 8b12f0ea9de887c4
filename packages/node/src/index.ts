export type { NodeExchangeOptions, NodeRequest, NodeResponse } from './node-exchange.ts';
export { nodeExchange } from './node-exchange.ts';
export type { RealtimeOptions } from './serve.ts';
export { realtime } from './serve.ts';
