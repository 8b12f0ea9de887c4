import type { ClientFrame, ParsedFrame } from '@rt/protocol';
import { parseFrames, RtError } from '@rt/protocol';
import type { Connection, Listener } from '../delivery/connection.ts';
import type { End } from '../delivery/transport.ts';
import { retryInMs } from '../http/retry.ts';
import type { Parts } from '../parts.ts';
import { errorLine, frameLine, told } from './frame-line.ts';
import type { Identity } from './identity.ts';
import { connectIdentity, tokenIdentity } from './identity.ts';
import { LargeAnswers } from './large-answers.ts';
import { clientName, Memberships } from './memberships.ts';
import { history, members, publish, send } from './operations.ts';
import { Replies } from './replies.ts';
import type { Wrapping } from './session-codec.ts';
import type { OpenSession } from './sessions.ts';
import { Subscriptions } from './subscriptions.ts';
import { Throttle } from './throttle.ts';

/** How a transport carries a session. */
export interface SessionOptions {
  /** Who the host says it is. */
  readonly identity: Identity;
  readonly wrapping: Wrapping;
  /** Whether further requests name the session in their URL. */
  readonly named: boolean;
  /** How often the client must say something of its own accord, or `null` if its transport does. */
  readonly speakWithinMs: number | null;
  /** After how long a silence it is taken for dead, or `null` if the transport sees to that. */
  readonly deadAfterMs: number | null;
  /** Called when it is known who it is, or that it will not be. */
  readonly known: () => void;
  /** Called when it is over. */
  readonly gone: () => void;
}

/** What opens a session. */
export type Connect = Extract<ClientFrame, { readonly type: 'connect' }>;
type Command = Exclude<ClientFrame, Connect>;

type State =
  /** Nobody has said who it is. */
  | { readonly type: 'new' }
  /** Somebody has, and it is being verified: frames wait. */
  | { readonly type: 'connecting'; readonly done: Promise<void> }
  | { readonly type: 'connected' }
  | { readonly type: 'ended' };

const connectWithinMs = 10_000;

/** What is to be cancelled where nothing is under way: a timer that is over would be kept. */
const nothing = (): void => {};

/** One client that talks. It ends with its connection; nothing of it outlives that. */
export class PeerSession implements Listener, OpenSession {
  readonly id: string;
  readonly #parts: Parts;
  readonly #options: SessionOptions;
  readonly #replies: Replies;
  readonly #subscriptions: Subscriptions;
  readonly #memberships: Memberships;
  readonly #throttle: Throttle;
  /** From the first that is asked for: most sessions ask for none. */
  #large: LargeAnswers | null = null;
  /** Names the client among those of its user. */
  #client: string;
  /** Counts the connection of the user away. */
  #disconnected: (inOrder: boolean) => void = () => {};
  #identity: Identity;
  #connection: Connection | null = null;
  #state: State = { type: 'new' };
  /** Cancels what ends it: the deadline of `connect`, and then the expiry of the token. */
  #cancelEnd: () => void;
  /** Counts the user away whom a frame has named. */
  #leave: () => void = () => {};
  #lastId = 0;
  #heardAtMs: number;

  constructor(parts: Parts, options: SessionOptions) {
    const { clock, secret, limits } = parts.settings;
    this.id = parts.peers.sessionId(secret());
    this.#parts = parts;
    this.#options = options;
    this.#identity = options.identity;
    this.#replies = new Replies(parts.delivery, clock, options.wrapping);
    this.#subscriptions = new Subscriptions(parts, this.#replies, () => this.#identity);
    this.#client = this.id;
    this.#memberships = new Memberships(parts, this.#replies, {
      holder: this.id,
      who: () => this.#identity,
      client: () => this.#client,
    });
    this.#throttle = new Throttle(limits.rates, clock);
    this.#heardAtMs = clock.now();
    this.#cancelEnd = clock.timer(connectWithinMs, () => {
      this.end(new RtError('connect_missing', `connect must come within ${connectWithinMs / 1000} seconds`));
    });
    parts.sessions.add(this);
  }

  get identity(): Identity {
    return this.#identity;
  }

  get connection(): Connection | null {
    return this.#connection;
  }

  get ended(): boolean {
    return this.#state.type === 'ended';
  }

  get openedBy(): string | null {
    return this.#options.identity.userId;
  }

  get taken(): number {
    return this.#lastId;
  }

  /** Gives it its connection. Called once, in the call that opens it. */
  begin(connection: Connection): void {
    this.#connection = connection;
    this.#subscriptions.begin(connection);
    this.#replies.begin(connection);
  }

  /**
   * Opens for somebody whom the sessions have admitted. Resolves when each of the subscriptions that came with it has
   * been answered.
   */
  async open({ id, client, subscriptions }: Connect, identity: Identity): Promise<void> {
    if (this.#state.type === 'ended') return;
    const { limits, heartbeatEveryMs } = this.#parts.settings;
    const { wrapping, named, speakWithinMs } = this.#options;
    this.#lastId = Math.max(this.#lastId, id);
    this.#state = { type: 'connected' };
    this.#options.known();
    this.#client = clientName(client, this.id);
    this.#disconnected = this.#parts.attendance.connected(identity.userId);
    this.#become(identity);
    this.#replies.say(
      frameLine({
        type: 'connected',
        id,
        session: named ? this.id : null,
        heartbeatMs: wrapping.heartbeat === null ? null : heartbeatEveryMs,
        speakWithinMs,
        expiresInMs: identity.expiresInMs,
        limits: {
          maxFrameBytes: limits.maxFrameBytes,
          maxChannels: limits.maxChannelsPerSession,
          rates: limits.rates,
        },
      }),
    );
    await Promise.all(subscriptions.map((value, index) => this.#subscriptions.addFirst(value, index)));
  }

  receive(text: string): void {
    this.#heardAtMs = this.#parts.settings.clock.now();
    if (text === '') return;
    try {
      this.take(parseFrames(text), false);
    } catch (cause) {
      this.end(told(cause, this.#parts.settings.observe));
    }
  }

  take(frames: readonly ParsedFrame[], repeatable: boolean): void {
    this.#heardAtMs = this.#parts.settings.clock.now();
    for (const parsed of frames) {
      if (this.#state.type === 'ended') return;
      if (parsed.type !== 'ignored') this.#take(parsed, repeatable);
    }
  }

  beat(): boolean {
    const { deadAfterMs, speakWithinMs } = this.#options;
    const { clock, heartbeatEveryMs } = this.#parts.settings;
    const silentMs = clock.now() - this.#heardAtMs;
    if (deadAfterMs === null || heartbeatEveryMs === null) return false;
    if (silentMs <= deadAfterMs) return speakWithinMs === null && silentMs >= heartbeatEveryMs / 2;
    this.end(new RtError('peer_silent', `nothing was heard for ${Math.round(silentMs / 1000)} seconds`));
    // A peer that does not answer does not take a goodbye either.
    this.#connection?.abort();
    return false;
  }

  closed(end: End): void {
    this.#over(end.type === 'left');
    this.#parts.sessions.remove(this);
    this.#replies.drop();
  }

  end(error: RtError, retryIn: number | null = this.#retryInMs(error)): void {
    if (this.#state.type === 'ended') return;
    this.#over(error.code === 'disconnected');
    this.#replies.flush();
    this.#connection?.bye(error, retryIn);
  }

  revoke(channel: string): void {
    const error = new RtError('permission_revoked', `the permission for "${channel}" was taken back`);
    this.#subscriptions.revoke(channel, error);
    this.#memberships.revoke(channel, error);
  }

  #take(parsed: Exclude<ParsedFrame, { readonly type: 'ignored' }>, repeatable: boolean): void {
    const id = parsed.type === 'frame' ? parsed.frame.id : parsed.id;
    if (id !== null && id <= this.#lastId) {
      if (!repeatable) this.#refuse(id, new RtError('id_invalid', `ids must rise; ${id} came after ${this.#lastId}`));
      return;
    }
    if (id !== null) this.#lastId = id;
    if (parsed.type === 'fault')
      return this.#state.type === 'new' ? this.end(parsed.error) : this.#refuse(id, parsed.error);
    if (this.#state.type === 'new' && parsed.frame.type !== 'connect') {
      return this.end(new RtError('connect_missing', 'the first frame must be connect'));
    }
    const { frame } = parsed;
    const refusal = this.#throttle.begin(frame.type);
    if (refusal !== null) return this.#refuse(frame.id, refusal);
    void this.#answer(frame).then(() => this.#throttle.end());
  }

  /** Never rejects. */
  async #answer(frame: ClientFrame): Promise<void> {
    try {
      if (frame.type === 'connect') return await this.#beConnected(frame);
      if (this.#state.type === 'connecting') await this.#state.done;
      if (this.#state.type !== 'connected') return;
      const line = await this.#perform(frame);
      if (line !== null) this.#replies.say(line);
    } catch (cause) {
      this.#refuse(frame.id, told(cause, this.#parts.settings.observe), 'channel' in frame ? frame.channel : undefined);
    }
  }

  /** The answer, or `null` where it has been given. */
  async #perform(frame: Command): Promise<string | null> {
    const subscriptions = this.#subscriptions;
    switch (frame.type) {
      case 'subscribe':
        await subscriptions.add(frame.id, frame);
        return null;
      case 'unsubscribe':
        return subscriptions.remove(frame.id, frame.channel);
      case 'publish': {
        const begin = (): Promise<{ stored: Promise<string> }> => publish(this.#parts, this.#identity, frame);
        return (await subscriptions.inOrder(frame.channel, begin)).stored;
      }
      case 'send':
        return send(this.#parts, this.#identity, frame);
      case 'history':
        return this.#sayLarge(() => history(this.#parts, this.#identity, frame));
      case 'enter':
        return subscriptions.inOrder(frame.channel, () => this.#memberships.enter(frame));
      case 'leave':
        return subscriptions.inOrder(frame.channel, () => this.#memberships.leave(frame.id, frame.channel));
      case 'members':
        return this.#sayLarge(() => members(this.#parts, this.#identity, frame));
      case 'refresh':
        await this.#refresh(frame.id, frame.token);
        return null;
      case 'ping':
        return frameLine({ type: 'pong', id: frame.id });
    }
  }

  async #sayLarge(make: () => Promise<string>): Promise<null> {
    this.#large ??= new LargeAnswers(this.#replies);
    await this.#large.say(make);
    return null;
  }

  async #beConnected(frame: Connect): Promise<void> {
    if (this.#state.type !== 'new') {
      throw new RtError('connected_already', 'this session is connected; to be somebody else, open another');
    }
    let resolve = (): void => {};
    const done = new Promise<void>((settle) => {
      resolve = settle;
    });
    this.#state = { type: 'connecting', done };
    try {
      const identity = await connectIdentity(frame.token, this.#options.identity, this.#parts.settings);
      if (this.#connection?.open !== true) return;
      this.#leave = this.#parts.admission.user(identity.userId);
      // Its subscriptions answer for themselves; nobody else waits for them.
      void this.open(frame, identity);
    } catch (cause) {
      this.end(told(cause, this.#parts.settings.observe));
    } finally {
      resolve();
    }
  }

  async #refresh(id: number, token: string): Promise<void> {
    const identity = await tokenIdentity(token, this.#parts.settings);
    if (this.#state.type !== 'connected') return;
    if (identity.userId !== this.#identity.userId) {
      throw new RtError('token_invalid', 'the new token is of another user; open another session for them');
    }
    this.#become(identity);
    this.#replies.say(frameLine({ type: 'refreshed', id, expiresInMs: identity.expiresInMs }));
    await this.#subscriptions.recheck();
    for (const channel of this.#memberships.channels) {
      await this.#subscriptions.inOrder(channel, () => this.#memberships.recheck(channel));
    }
  }

  #become(identity: Identity): void {
    this.#identity = identity;
    this.#cancelEnd();
    this.#cancelEnd = nothing;
    if (identity.expiresInMs === null) return;
    this.#cancelEnd = this.#parts.settings.clock.timer(identity.expiresInMs, () => {
      this.end(new RtError('token_expired', 'the token has expired; connect with another one'));
    });
  }

  #over(inOrder: boolean): void {
    if (this.#state.type === 'ended') return;
    this.#state = { type: 'ended' };
    this.#memberships.end(inOrder);
    this.#disconnected(inOrder);
    this.#cancelEnd();
    this.#leave();
    this.#options.known();
    this.#options.gone();
  }

  #refuse(id: number | null, error: RtError, channel?: string): void {
    this.#replies.say(errorLine(error, id, channel));
  }

  #retryInMs(error: RtError): number | null {
    if (!error.retryable) return null;
    return error.retryInMs ?? retryInMs(this.#parts.settings);
  }
}
