import type { RequestHub, User } from '@rt/core';
import type { HostReply, NodeReply } from './host-reply.ts';
import { nodeExchange } from './node-exchange.ts';
import type { NodeRequest, NodeResponse } from './node-message.ts';

/** What a framework knows of a request that asks the hub. */
export interface NodeReplyOptions {
  /** Who asks; `null` or `undefined` is nobody in particular. */
  readonly user: User | null | undefined;
  /** The body, if something has read it: text, bytes, what was made of them, or a stream to read instead. @default none */
  readonly body?: unknown;
  /** The client's network address. @default that of the socket */
  readonly address?: string | undefined;
  /** A response header as the framework has it so far. @default that of the response */
  readonly header?: HostReply['header'];
}

/**
 * Asks the hub, and resolves to what the framework has to answer by its own means, whatever the request is: a page, an
 * error, a poll when it is answered, the body of a stream to pipe, or the 101 that accepts a WebSocket. `null` if the
 * peer has gone: there is nobody to answer. Never rejects.
 *
 * If the framework answers something else instead, a hook that fails for example, then the stream or the WebSocket
 * counts as one that has failed.
 */
export function nodeReply(
  hub: RequestHub,
  request: NodeRequest,
  response: NodeResponse,
  { user, header = (name) => response.getHeader(name), ...known }: NodeReplyOptions,
): Promise<NodeReply | null> {
  return new Promise((resolve) => {
    const gone = (): void => resolve(null);
    const exchange = nodeExchange(request, response, { ...known, host: { header, send: resolve, gone } });
    // It resolves when a poll begins to wait, and also when the peer had gone before there was anybody to tell.
    void hub
      .handle(exchange, () => user)
      .then(() => {
        if (response.destroyed) gone();
      });
  });
}
