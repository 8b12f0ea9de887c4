/** A request for a session of another node. */
export interface AskedRequest {
  readonly type: 'request';
  /** Its query, as in a URL. */
  readonly query: string;
  readonly body: string;
  /** The user whom the host has seen. */
  readonly user: string | null;
}

/** What a node asks another. */
export type Question =
  | AskedRequest
  /** The poll that waits for a session is to be answered now: the node that has taken it is closing. */
  | { readonly type: 'hurry'; readonly session: string }
  | { readonly type: 'disconnect'; readonly user: string }
  | { readonly type: 'revoke'; readonly user: string; readonly channel: string }
  | ({ readonly type: 'count' } & Counted);

/** Which connections are counted: all, those of a user, or those that read a channel. */
export interface Counted {
  readonly user: string | null;
  readonly channel: string | null;
}

/** The answer to a request. */
export interface AskedReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
