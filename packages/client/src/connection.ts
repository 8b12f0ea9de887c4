import type { ServerFrame } from '@rt/protocol';
import { RtError } from '@rt/protocol';
import type { ConnectionInput, ConnectionState, Delays } from './connection-state.ts';
import { nextState } from './connection-state.ts';
import type { Environment, Sign } from './environment.ts';
import { Liveness } from './liveness.ts';
import { Cell } from './store.ts';
import type { TransportChoice } from './transports/choice.ts';
import type { Pipe, PipeEnd, TransportName } from './transports/transport.ts';

/** What a server says when it takes a session. */
export type Connected = Extract<ServerFrame, { readonly type: 'connected' }>;

/** What a client shows of its connection. */
export type Status =
  | { readonly state: 'idle' }
  | { readonly state: 'connecting' }
  | { readonly state: 'open'; readonly transport: TransportName }
  /** `retryInMs` as it was when it began to wait. */
  | { readonly state: 'waiting'; readonly retryInMs: number; readonly error: RtError | null }
  | { readonly state: 'closed'; readonly error: RtError | null };

/** The client, as its connection sees it. */
export interface ConnectionOwner {
  /** The first frames of a session. @param token As `token` has said, or `null` without one. */
  hello(token: string | null): string;
  /** Says who asks; called for each connection, and again before what it has said expires. */
  token(): Promise<string | null>;
  opened(connected: Connected): void;
  frame(frame: ServerFrame): void;
  /** Says something that the server answers at once. */
  ping(): void;
  /** The page ends: says what the server would else find out by waiting. */
  leaving(): void;
  /** What was asked and not answered will not be. */
  lost(): void;
}

export interface ConnectionOptions {
  readonly url: string;
  readonly headers: () => Readonly<Record<string, string>>;
  readonly choice: TransportChoice;
  readonly delays: Delays;
  readonly environment: Environment;
}

/** How long the server may take until it has taken the session. */
const connectWithinMs = 10_000;

/** When it is tried again after there is a network, if that first attempt came to nothing. */
const onlineAfterMs = 1000;

/** The one connection of a client: it comes back by itself, and says to its owner what it is. */
export class Connection {
  readonly status: Cell<Status> = new Cell<Status>({ state: 'idle' });
  readonly #owner: ConnectionOwner;
  readonly #options: ConnectionOptions;
  readonly #liveness: Liveness;
  readonly #stopWatching: () => void;
  #state: ConnectionState = { name: 'idle' };
  #pipe: Pipe | null = null;
  /** Counts the pipes: what an older one says does not count. */
  #number = 0;
  #cancelTimer: () => void = () => {};
  /** The server's goodbye, until the pipe ends. */
  #bye: Extract<ServerFrame, { readonly type: 'bye' }> | null = null;
  /** Whether a token was refused, and none that is newer has been taken. */
  #tokenRefused = false;

  constructor(owner: ConnectionOwner, options: ConnectionOptions) {
    this.#owner = owner;
    this.#options = options;
    const { environment } = options;
    this.#liveness = new Liveness(environment, {
      ask: () => this.#owner.ping(),
      dead: () => this.#ended(this.#number, { type: 'lost' }),
    });
    this.#stopWatching = environment.watch((sign) => this.#signed(sign));
  }

  get open(): boolean {
    return this.#state.name === 'open';
  }

  /** Somebody needs it: it connects, if it does not already. */
  need(): void {
    this.#take({ type: 'needed' });
  }

  send(lines: string): void {
    this.#pipe?.send(lines);
    this.#liveness.said();
  }

  /** Says something as the page ends. */
  last(lines: string): void {
    this.#pipe?.last(lines);
  }

  /** Ends it for good. In good order the server need not wait for it to come back. */
  close(): void {
    this.#take({ type: 'closed' });
    this.#stopWatching();
  }

  /** Tries at once, if it waits. */
  retryNow(): void {
    this.#take({ type: 'woken' });
  }

  #take(input: ConnectionInput): void {
    const { environment, delays } = this.#options;
    const before = this.#state;
    const nowMs = environment.now();
    const after = nextState(before, input, { nowMs, random: () => environment.random(), delays });
    if (after === before) return;
    this.#state = after;
    this.#cancelTimer();
    if (after.name === 'connecting') this.#connect();
    else if (after.name !== 'open') this.#drop(after.name === 'closed');
    if (after.name === 'waiting') {
      this.#cancelTimer = environment.timer(after.untilMs - nowMs, () => this.#take({ type: 'due' }));
    }
    if (before.name === 'open') this.#owner.lost();
    this.status.set(this.#shown(after, nowMs));
  }

  #shown(state: ConnectionState, nowMs: number): Status {
    switch (state.name) {
      case 'idle':
      case 'connecting':
        return { state: state.name };
      case 'open':
        return { state: 'open', transport: this.#options.choice.current.name };
      case 'waiting':
        return { state: 'waiting', retryInMs: Math.max(0, state.untilMs - nowMs), error: state.error };
      case 'closed':
        return { state: 'closed', error: state.error };
    }
  }

  #connect(): void {
    this.#cancelTimer();
    this.#drop(false);
    this.#number += 1;
    const number = this.#number;
    this.#bye = null;
    const late = (): void => this.#ended(number, { type: 'unfit' });
    this.#cancelTimer = this.#options.environment.timer(connectWithinMs, late);
    this.#owner.token().then(
      (token) => this.#open(number, token),
      (cause: unknown) => {
        const error =
          cause instanceof RtError ? cause : new RtError('token_invalid', 'the token option failed', { cause });
        // An app that cannot get a token just now may get one later, unless it says otherwise.
        this.#ended(number, cause instanceof RtError ? { type: 'refused', error } : { type: 'lost' }, error);
      },
    );
  }

  #open(number: number, token: string | null): void {
    if (number !== this.#number || this.#state.name !== 'connecting') return;
    const { url, headers, choice, environment } = this.#options;
    const hello = this.#owner.hello(token);
    this.#pipe = choice.current.open(
      { url, hello, headers: headers(), environment },
      {
        alive: () => number === this.#number && this.#liveness.heard(),
        lines: (text) => number === this.#number && this.#lines(text),
        ended: (end) => this.#ended(number, end),
      },
    );
  }

  #lines(text: string): void {
    const number = this.#number;
    for (const line of text.split('\n')) {
      // What a frame leads to may be the end of all that.
      if (line === '' || number !== this.#number) continue;
      this.#frame(JSON.parse(line) as ServerFrame);
    }
  }

  #frame(frame: ServerFrame): void {
    if (frame.type === 'connected') {
      this.#tokenRefused = false;
      this.#options.choice.worked();
      if (frame.session !== null) this.#pipe?.named(frame.session, frame.limits.maxFrameBytes);
      this.#liveness.begin(frame);
      this.#take({ type: 'opened' });
      this.#owner.opened(frame);
    } else if (frame.type === 'bye') {
      this.#bye = frame;
      this.#ended(this.#number, { type: 'refused', error: RtError.of(frame.error) });
    } else this.#owner.frame(frame);
  }

  #ended(number: number, end: PipeEnd, cause: RtError | null = null): void {
    if (number !== this.#number || (this.#state.name !== 'connecting' && this.#state.name !== 'open')) return;
    const { choice } = this.#options;
    if (end.type === 'unfit' && this.#state.name === 'connecting' && choice.next()) return this.#connect();
    if (this.#state.name === 'connecting') choice.again();
    if (end.type !== 'refused') return this.#take({ type: 'lost', error: cause, retryInMs: null });
    const { error } = end;
    const retryInMs = this.#bye === null ? error.retryInMs : this.#bye.retryInMs;
    if (error.retryable) return this.#take({ type: 'lost', error, retryInMs });
    // A new token may be taken; a second one that is refused is not a matter of time.
    if ((error.code === 'token_expired' || error.code === 'token_invalid') && !this.#tokenRefused) {
      this.#tokenRefused = true;
      return this.#take({ type: 'lost', error, retryInMs: 0 });
    }
    this.#take({ type: 'refused', error });
  }

  /** Lets go of the pipe. */
  #drop(inOrder: boolean): void {
    this.#number += 1;
    this.#liveness.end();
    const pipe = this.#pipe;
    this.#pipe = null;
    pipe?.close(inOrder);
  }

  #signed(sign: Sign): void {
    switch (sign) {
      case 'leaving':
      case 'frozen':
        if (this.open) this.#owner.leaving();
        return sign === 'frozen' ? this.#take({ type: 'asleep' }) : undefined;
      case 'offline':
        // A connection that still works is not given up for what the platform thinks of the network.
        return this.open ? this.#liveness.doubt() : this.#take({ type: 'asleep' });
      default:
        // A network that is found just now may not carry anything yet.
        if (sign === 'online') this.#options.environment.timer(onlineAfterMs, () => this.retryNow());
        // An attempt that began without a network comes to nothing.
        if (sign === 'online' && this.#state.name === 'connecting') return this.#connect();
        return this.open ? this.#liveness.doubt() : this.#take({ type: 'woken' });
    }
  }
}
