import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHub } from '@rt/core';
import type { NodeReply } from '@rt/node';
import { nodeReply } from '@rt/node';

interface Framework {
  readonly user: { readonly id: string; readonly rooms: readonly string[] } | null;
  readonly body: unknown;
  readonly address: string;
  answer(status: number, headers: NodeReply['headers'], body: NodeReply['body']): void;
}

/** What a wrapper of a framework does with a request. */
export async function serve(
  hub: RequestHub,
  framework: Framework,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { user, body, address } = framework;
  // #region reply
  const reply = await nodeReply(hub, request, response, { user, body, address });
  if (reply !== null) framework.answer(reply.status, reply.headers, reply.body); // null: the peer has gone
  // #endregion
}
