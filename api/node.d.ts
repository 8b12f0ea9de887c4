// @rt/node

import type { Exchange, RequestHub, User } from '@rt/core';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Readable } from 'node:stream';

export interface AttachOptions {
  readonly path?: string;
  readonly compress?: boolean;
  readonly answerWithinMs?: number;
  readonly exclusive?: boolean;
}

export interface HostReply {
  header(name: string): number | string | readonly string[] | null | undefined;
  send(reply: NodeReply): void;
  gone(): void;
}

export interface NodeExchangeOptions {
  readonly body?: unknown;
  readonly address?: string | undefined;
  readonly host?: HostReply | undefined;
}

export interface NodeReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | Readable | null;
}

export interface NodeReplyOptions {
  readonly user: User | null | undefined;
  readonly body?: unknown;
  readonly address?: string | undefined;
  readonly header?: HostReply['header'];
}

export type NodeRequest = IncomingMessage | Http2ServerRequest;

export type NodeResponse = ServerResponse | Http2ServerResponse;

export interface RealtimeOptions {
  readonly user: (request: NodeRequest) => User | null | undefined | Promise<User | null | undefined>;
}

export declare function attach(server: UpgradingServer, options?: AttachOptions): () => void;

export declare function nodeExchange(
  request: NodeRequest,
  response: NodeResponse,
  options?: NodeExchangeOptions,
): Exchange;

export declare function nodeReply(
  hub: RequestHub,
  request: NodeRequest,
  response: NodeResponse,
  { user, header, ...known }: NodeReplyOptions,
): Promise<NodeReply | null>;

export declare function realtime(
  hub: RequestHub,
  { user }: RealtimeOptions,
): (request: NodeRequest, response: NodeResponse) => Promise<void>;

// Not exported, and part of what is.

type UpgradingServer = Pick<Server, 'prependListener' | 'off' | 'emit' | 'listenerCount'> & {
  shouldUpgradeCallback?: (this: UpgradingServer, request: IncomingMessage) => boolean;
};
