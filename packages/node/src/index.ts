export type { AttachOptions } from './attach.ts';
export { attach } from './attach.ts';
export type { HostReply, NodeReply } from './host-reply.ts';
export type { NodeExchangeOptions } from './node-exchange.ts';
export { nodeExchange } from './node-exchange.ts';
export type { NodeRequest, NodeResponse } from './node-message.ts';
export type { RealtimeOptions } from './serve.ts';
export { realtime } from './serve.ts';
