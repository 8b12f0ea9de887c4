import type { RequestHub, User } from '@rt/core';
import type { NodeRequest, NodeResponse } from './node-message.ts';
import { nodeExchange } from './node-exchange.ts';

/** Options of {@link realtime}. */
export interface RealtimeOptions {
  /** Says who asks; `null` or `undefined` is nobody in particular. What it throws is answered as `rule_failed`. */
  readonly user: (request: NodeRequest) => User | null | undefined | Promise<User | null | undefined>;
}

/**
 * A listener for servers of node:http and node:http2 that have no framework. It answers whatever it is given: the app
 * decides by the path. It resolves when the head is sent, and never rejects.
 *
 * `createServer((req, res) => (req.url?.startsWith('/rt') ? rt(req, res) : app(req, res)))`
 */
export function realtime(
  hub: RequestHub,
  { user }: RealtimeOptions,
): (request: NodeRequest, response: NodeResponse) => Promise<void> {
  return (request, response) => hub.handle(nodeExchange(request, response), () => user(request));
}
