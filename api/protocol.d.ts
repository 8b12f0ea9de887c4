// @rt/protocol

export type ChannelNameOf<Patterns extends string> = {
  [Pattern in Patterns]: NameOf<Pattern>;
}[Patterns];

export interface ChannelPattern {
  readonly text: string;
  readonly shape: string;
  match(segments: readonly string[]): Readonly<Record<string, string>> | null;
  compare(other: ChannelPattern): number;
}

export type ClientFrame =
  | {
      readonly type: 'connect';
      readonly id: number;
      readonly token: string | null;
      readonly client: string | null;
      readonly subscriptions: readonly unknown[];
    }
  | ({
      readonly type: 'subscribe';
      readonly id: number;
    } & Subscribing)
  | {
      readonly type: 'unsubscribe';
      readonly id: number;
      readonly channel: string;
    }
  | {
      readonly type: 'publish';
      readonly id: number;
      readonly channel: string;
      readonly event: string;
      readonly data: unknown;
      readonly key: string | null;
      readonly echo: boolean;
      readonly ifPosition: Position | null;
    }
  | {
      readonly type: 'send';
      readonly id: number;
      readonly channel: string;
      readonly event: string;
      readonly data: unknown;
    }
  | ({
      readonly type: 'history';
      readonly id: number;
      readonly limit: number | null;
    } & SubscriptionRequest)
  | {
      readonly type: 'enter';
      readonly id: number;
      readonly channel: string;
      readonly state: unknown;
    }
  | {
      readonly type: 'leave';
      readonly id: number;
      readonly channel: string;
      readonly session: string | null;
    }
  | {
      readonly type: 'members';
      readonly id: number;
      readonly channel: string;
    }
  | {
      readonly type: 'refresh';
      readonly id: number;
      readonly token: string;
    }
  | {
      readonly type: 'ping';
      readonly id: number;
    };

export type ClientFrameType = ClientFrame['type'];

export interface ConflictBody {
  readonly position: string;
  readonly newest: {
    readonly event: string;
    readonly data?: unknown;
    readonly base64?: string;
  } | null;
}

export interface ErrorBody {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly retryInMs?: number;
  readonly conflict?: ConflictBody;
}

export type ErrorCode = keyof typeof codes;

export interface GapBody {
  readonly reason: GapReason;
  readonly after: string;
  readonly position: string;
}

export type GapReason = (typeof gapReasons)[number];

export interface Member<State = unknown> {
  readonly user: string;
  readonly state: State;
  readonly connections: number;
}

export interface MemberChangesBody {
  readonly position: string;
  readonly count: number;
  readonly connections: number;
  readonly changed: readonly Member[];
  readonly left: readonly string[];
}

export type MembersBody = {
  readonly count: number;
  readonly connections: number;
} & (
  | {
      readonly position: string;
      readonly members: readonly Member[];
    }
  | {
      readonly sample: readonly Member[];
    }
);

export type NameOf<Pattern extends string> = Pattern extends `${infer Head}{${string}}${infer Rest}`
  ? `${Head}${string}${NameOf<Rest>}`
  : Pattern;

export interface PagePublicationBody extends Omit<PublicationBody, 'offset'> {
  readonly position: string;
}

export type ParamName<Pattern extends string> = Pattern extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamName<Rest>
  : never;

export type Params<Pattern extends string> = {
  readonly [Name in ParamName<Pattern>]: string;
};

export type ParsedFrame =
  | {
      readonly type: 'frame';
      readonly frame: ClientFrame;
    }
  | {
      readonly type: 'fault';
      readonly id: number | null;
      readonly of: ClientFrameType | null;
      readonly error: RtError;
    }
  | {
      readonly type: 'ignored';
    };

export type PatternOf<Patterns extends string, Name extends string> = MostExact<Matching<Patterns, Name>>;

export interface Position {
  readonly epoch: string;
  readonly offset: number;
}

export interface PublicationBody {
  readonly offset?: number;
  readonly key?: string;
  readonly trace?: string;
  readonly event: string;
  readonly data?: unknown;
  readonly base64?: string;
}

export type Retry = 'soon' | 'later' | 'never';

export declare class RtError extends Error {
  readonly name = 'RtError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly retryInMs: number | null;
  readonly conflict: ConflictBody | null;
  constructor(code: ErrorCode, message: string, options?: RtErrorOptions);
  static of({ code, message, ...rest }: ErrorBody): RtError;
  toJSON(): ErrorBody;
}

export interface RtErrorOptions {
  readonly cause?: unknown;
  readonly retryInMs?: number;
  readonly conflict?: ConflictBody;
  readonly retryable?: boolean;
}

export type ServerFrame =
  | {
      readonly type: 'connected';
      readonly id: number;
      readonly session: string | null;
      readonly heartbeatMs: number | null;
      readonly speakWithinMs: number | null;
      readonly expiresInMs: number | null;
      readonly limits: {
        readonly maxFrameBytes: number;
        readonly maxChannels: number;
        readonly rates: {
          readonly commandsPerSecond: number;
          readonly publishesPerSecond: number;
          readonly burst: number;
        } | null;
      };
    }
  | {
      readonly type: 'subscribed';
      readonly id?: number;
      readonly channel: string;
      readonly position: string;
      readonly conflated?: true;
      readonly presence?:
        | MembersBody
        | {
            readonly position: string;
          };
      readonly gap?: GapBody;
    }
  | {
      readonly type: 'unsubscribed';
      readonly id?: number;
      readonly channel: string;
      readonly error?: ErrorBody;
    }
  | {
      readonly type: 'published';
      readonly id: number;
      readonly channel: string;
      readonly position: string | null;
    }
  | {
      readonly type: 'answered';
      readonly id: number;
      readonly data?: unknown;
      readonly base64?: string;
    }
  | {
      readonly type: 'history';
      readonly id: number;
      readonly channel: string;
      readonly position: string;
      readonly floor: string;
      readonly publications: readonly PagePublicationBody[];
      readonly gap?: GapBody;
    }
  | {
      readonly type: 'entered';
      readonly id: number;
      readonly channel: string;
    }
  | {
      readonly type: 'left';
      readonly id?: number;
      readonly channel: string;
      readonly error?: ErrorBody;
    }
  | ({
      readonly type: 'members';
      readonly id: number;
      readonly channel: string;
    } & MembersBody)
  | ({
      readonly type: 'presence';
      readonly channel: string;
    } & (MembersBody | MemberChangesBody))
  | {
      readonly type: 'refreshed';
      readonly id: number;
      readonly expiresInMs: number | null;
    }
  | {
      readonly type: 'pong';
      readonly id: number;
    }
  | {
      readonly type: 'error';
      readonly id?: number;
      readonly channel?: string;
      readonly error: ErrorBody;
    }
  | {
      readonly type: 'publications';
      readonly channel: string;
      readonly position: string;
      readonly publications: readonly PublicationBody[];
    }
  | ({
      readonly type: 'gap';
      readonly channel: string;
    } & GapBody)
  | {
      readonly type: 'bye';
      readonly error: ErrorBody;
      readonly retryInMs: number | null;
    };

export interface SseBlock {
  readonly retryMs?: number;
  readonly comment?: string;
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
}

export type SseItem =
  | {
      readonly type: 'event';
      readonly id: string;
      readonly event: string;
      readonly data: string;
    }
  | {
      readonly type: 'id';
      readonly id: string;
    }
  | {
      readonly type: 'retry';
      readonly ms: number;
    }
  | {
      readonly type: 'comment';
      readonly text: string;
    };

export interface SseParser {
  feed(bytes: Uint8Array): readonly SseItem[];
}

export type Start =
  | {
      readonly type: 'live';
    }
  | {
      readonly type: 'start';
    }
  | {
      readonly type: 'last';
      readonly count: number;
    }
  | {
      readonly type: 'after';
      readonly position: Position;
    };

export interface Subscribing extends SubscriptionRequest {
  readonly presence: Start | null;
}

export interface SubscriptionRequest {
  readonly channel: string;
  readonly start: Start;
}

export declare function channelNameFault(name: string): string | null;

export declare const codes: {
  readonly hub_closed: {
    readonly number: 4000;
    readonly status: 503;
  };
  readonly body_incomplete: {
    readonly number: 4001;
    readonly status: 400;
  };
  readonly session_unknown: {
    readonly number: 4002;
    readonly status: 410;
  };
  readonly session_lost: {
    readonly number: 4003;
    readonly status: 410;
  };
  readonly peer_silent: {
    readonly number: 4004;
    readonly status: 408;
  };
  readonly connection_lost: {
    readonly number: 4005;
    readonly status: 503;
  };
  readonly broker_failed: {
    readonly number: 4100;
    readonly status: 503;
  };
  readonly rule_failed: {
    readonly number: 4101;
    readonly status: 500;
  };
  readonly handler_failed: {
    readonly number: 4102;
    readonly status: 500;
  };
  readonly internal: {
    readonly number: 4103;
    readonly status: 500;
  };
  readonly rate_limited: {
    readonly number: 4104;
    readonly status: 429;
  };
  readonly connections_too_many: {
    readonly number: 4105;
    readonly status: 429;
  };
  readonly server_busy: {
    readonly number: 4106;
    readonly status: 503;
  };
  readonly channel_missing: {
    readonly number: 4200;
    readonly status: 400;
  };
  readonly channel_invalid: {
    readonly number: 4201;
    readonly status: 400;
  };
  readonly channel_unknown: {
    readonly number: 4202;
    readonly status: 404;
  };
  readonly channels_too_many: {
    readonly number: 4203;
    readonly status: 400;
  };
  readonly subscribe_denied: {
    readonly number: 4204;
    readonly status: 403;
  };
  readonly position_invalid: {
    readonly number: 4205;
    readonly status: 400;
  };
  readonly parameter_invalid: {
    readonly number: 4206;
    readonly status: 400;
  };
  readonly method_unsupported: {
    readonly number: 4207;
    readonly status: 405;
  };
  readonly accept_unsupported: {
    readonly number: 4208;
    readonly status: 406;
  };
  readonly upgrade_unavailable: {
    readonly number: 4209;
    readonly status: 426;
  };
  readonly body_too_large: {
    readonly number: 4210;
    readonly status: 413;
  };
  readonly body_consumed: {
    readonly number: 4211;
    readonly status: 400;
  };
  readonly event_unknown: {
    readonly number: 4212;
    readonly status: 400;
  };
  readonly event_invalid: {
    readonly number: 4213;
    readonly status: 422;
  };
  readonly publication_too_large: {
    readonly number: 4214;
    readonly status: 413;
  };
  readonly sse_field_invalid: {
    readonly number: 4215;
    readonly status: 500;
  };
  readonly sse_too_large: {
    readonly number: 4216;
    readonly status: 500;
  };
  readonly definition_invalid: {
    readonly number: 4217;
    readonly status: 500;
  };
  readonly option_invalid: {
    readonly number: 4218;
    readonly status: 500;
  };
  readonly frame_invalid: {
    readonly number: 4219;
    readonly status: 400;
  };
  readonly frame_unknown: {
    readonly number: 4220;
    readonly status: 400;
  };
  readonly frame_too_large: {
    readonly number: 4221;
    readonly status: 413;
  };
  readonly connect_missing: {
    readonly number: 4222;
    readonly status: 400;
  };
  readonly connected_already: {
    readonly number: 4223;
    readonly status: 400;
  };
  readonly id_invalid: {
    readonly number: 4224;
    readonly status: 400;
  };
  readonly subscribed_already: {
    readonly number: 4225;
    readonly status: 409;
  };
  readonly publish_denied: {
    readonly number: 4226;
    readonly status: 403;
  };
  readonly send_denied: {
    readonly number: 4227;
    readonly status: 403;
  };
  readonly history_denied: {
    readonly number: 4228;
    readonly status: 403;
  };
  readonly handler_unknown: {
    readonly number: 4229;
    readonly status: 404;
  };
  readonly tokens_unsupported: {
    readonly number: 4230;
    readonly status: 400;
  };
  readonly token_invalid: {
    readonly number: 4231;
    readonly status: 401;
  };
  readonly token_expired: {
    readonly number: 4232;
    readonly status: 401;
  };
  readonly permission_revoked: {
    readonly number: 4233;
    readonly status: 403;
  };
  readonly disconnected: {
    readonly number: 4234;
    readonly status: 403;
  };
  readonly origin_denied: {
    readonly number: 4235;
    readonly status: 403;
  };
  readonly subprotocol_unsupported: {
    readonly number: 4236;
    readonly status: 400;
  };
  readonly conflict: {
    readonly number: 4237;
    readonly status: 409;
  };
  readonly state_full: {
    readonly number: 4238;
    readonly status: 409;
  };
  readonly presence_unsupported: {
    readonly number: 4239;
    readonly status: 400;
  };
  readonly enter_denied: {
    readonly number: 4240;
    readonly status: 403;
  };
  readonly members_denied: {
    readonly number: 4241;
    readonly status: 403;
  };
  readonly member_invalid: {
    readonly number: 4242;
    readonly status: 422;
  };
  readonly client_closed: {
    readonly number: 4243;
    readonly status: 400;
  };
};

export declare function createSseParser(options?: { readonly maxChars?: number }): SseParser;

export declare function eventNameFault(name: string): string | null;

export declare function formatBase64(bytes: Uint8Array): string;

export declare function formatCursor(positions: ReadonlyMap<string, Position>): string;

export declare function formatPosition(epoch: string, offset: number): string;

export declare function formatSse(block: SseBlock): string;

export declare const gapReasons: readonly ['epoch_changed', 'trimmed', 'ahead', 'too_far', 'unavailable'];

export declare const live: Start;

export declare const maxChannelNameLength = 255;

export declare const maxCursorLength = 4096;

export declare const meanings: {
  readonly [Code in ErrorCode]: string;
};

export declare function parseBase64(text: string): Uint8Array | null;

export declare function parseCursor(text: string): ReadonlyMap<string, Position> | null;

export declare function parseFrames(text: string): readonly ParsedFrame[];

export declare function parsePattern(text: string): ChannelPattern;

export declare function parsePosition(text: string): Position | null;

export declare function parseSubscription(value: unknown): Subscribing;

export declare function retryOf(number: number): Retry;

export declare const subprotocol = 'rt.v1';

// Not exported, and part of what is.

type Matching<Patterns extends string, Name extends string> = {
  [Pattern in Patterns]: Name extends NameOf<Pattern> ? Pattern : never;
}[Patterns];

type MostExact<Pattern extends string, All extends string = Pattern> = Pattern extends string
  ? [Narrower<Pattern, All>] extends [never]
    ? Pattern
    : never
  : never;

type Narrower<Pattern extends string, All extends string> = All extends Pattern
  ? never
  : NameOf<All> extends NameOf<Pattern>
    ? All
    : never;
