import type { ErrorBody, ServerFrame } from '@rt/protocol';
import type { ClientCoreOptions } from '../client-core.ts';
import type { Connected, ConnectionOwner } from '../connection.ts';
import { Connection } from '../connection.ts';
import type { Sign } from '../environment.ts';
import { tokenRefresh } from '../token-refresh.ts';
import { SharedSession } from './shared-session.ts';
import type { Reply } from './words.ts';

/** What the leader's connection is made of: what a client's own would be, without an outbox. */
export type UpstreamOptions = ClientCoreOptions;

type WithoutLeader<Word> = Word extends unknown ? Omit<Word, 'leader'> : never;

/** What the leader's connection needs of its tab. */
export interface UpstreamOwner {
  readonly client: string;
  reply(word: WithoutLeader<Reply>): void;
  /** The server can be reached: those who wait for their time need not. */
  opened(): void;
  /** The server has ended it for good. */
  closed(): void;
}

/**
 * The one connection to the server, which the leader has for all tabs. It hides nothing from them: when it is lost their
 * pipes end, and when it is back each says hello again with its own places.
 */
export class Upstream implements ConnectionOwner {
  readonly #options: UpstreamOptions;
  readonly #owner: UpstreamOwner;
  readonly #connection: Connection;
  /** Pipes that wait for a session, with what they say first. */
  readonly #held = new Map<string, { readonly hello: string; readonly enteredAtMs: number }>();
  #session: SharedSession;
  /** What is to be said as soon as there is a session. */
  #early: string[] = [];
  #over = false;
  #sign: (sign: Sign) => void = () => {};
  readonly #expiresIn: (ms: number | null) => void;

  constructor(options: UpstreamOptions, owner: UpstreamOwner) {
    const { environment } = options;
    this.#options = options;
    this.#owner = owner;
    this.#session = this.#newSession();
    this.#expiresIn = tokenRefresh(environment, async () => {
      const session = this.#session;
      const token = await this.token();
      if (token === null || session !== this.#session || !this.open) return null;
      return new Promise((answered, failed) => session.ask({ type: 'refresh', token }, answered, failed));
    });
    const watch = (listener: (sign: Sign) => void): (() => void) => {
      this.#sign = listener;
      return environment.watch(listener);
    };
    this.#connection = new Connection(this, { ...options, environment: { ...environment, watch } });
    this.#connection.status.subscribe(() => this.#changed());
  }

  get open(): boolean {
    return this.#connection.open;
  }

  /** A tab connects. */
  connect(pipe: string, hello: string, enteredAtMs: number): void {
    this.#held.set(pipe, { hello, enteredAtMs });
    if (this.open) this.#admit();
    else {
      this.#connection.need();
      this.#connection.retryNow();
    }
  }

  say(pipe: string, lines: string): void {
    if (this.open) this.#session.take(pipe, lines);
  }

  disconnect(pipe: string, inOrder: boolean): void {
    this.#held.delete(pipe);
    this.#session.leave(pipe, inOrder);
  }

  /** Ends it. Not in good order if another tab goes on: then nobody is to notice. */
  close(inOrder: boolean): void {
    this.#over = true;
    this.#expiresIn(null);
    this.#session.end();
    if (!inOrder) this.#sign('frozen');
    this.#connection.close();
  }

  hello(token: string | null): string {
    // What an attempt that came to nothing has taken says hello again.
    this.#session.end();
    this.#session = this.#newSession();
    this.#early = [this.#session.connect(this.#owner.client, token)];
    this.#admit();
    return this.#early.splice(0).join('');
  }

  async token(): Promise<string | null> {
    return (await this.#options.token?.()) ?? null;
  }

  opened(connected: Connected): void {
    if (this.#early.length > 0) this.#connection.send(this.#early.splice(0).join(''));
    this.#owner.reply({ type: 'opened', pipes: [...this.#session.pipes], transport: this.#transport });
    this.#session.opened(connected);
    this.#admit();
    this.#expiresIn(connected.expiresInMs);
    this.#owner.opened();
  }

  frame(frame: ServerFrame): void {
    this.#session.frame(frame);
  }

  ping(): void {
    this.#session.ask({ type: 'ping' }, () => {});
  }

  /** Each tab says itself that it leaves. */
  leaving(): void {}

  lost(): void {
    this.#expiresIn(null);
    this.#session.end();
  }

  get #transport() {
    return this.#options.choice.current.name;
  }

  #newSession(): SharedSession {
    const session = new SharedSession(
      {
        send: (lines) => void (this.open ? this.#connection.send(lines) : this.#early.push(lines)),
        tell: (pipes, lines) => session === this.#session && this.#owner.reply({ type: 'lines', pipes, lines }),
        doubt: () => this.#sign('visible'),
      },
      this.#options.environment,
    );
    return session;
  }

  /** Takes what the pipes that wait say first. They wait on until there is a session indeed. */
  #admit(): void {
    for (const [pipe, { hello, enteredAtMs }] of this.#held) {
      if (this.open) this.#held.delete(pipe);
      if (this.#session.has(pipe)) continue;
      if (this.open) this.#owner.reply({ type: 'opened', pipes: [pipe], transport: this.#transport });
      this.#session.take(pipe, hello, enteredAtMs);
    }
  }

  #changed(): void {
    const status = this.#connection.status.getSnapshot();
    if (this.#over || (status.state !== 'waiting' && status.state !== 'closed')) return;
    const { error } = status;
    const lost: ErrorBody = { code: 'connection_lost', message: 'the shared connection was lost', retryable: true };
    const body = error?.toJSON() ?? lost;
    const told = status.state === 'closed' ? body : { ...body, retryable: true, retryInMs: status.retryInMs };
    const pipes = [...new Set([...this.#held.keys(), ...this.#session.pipes])];
    this.#held.clear();
    this.#owner.reply({ type: 'ended', pipes, error: told });
    if (status.state === 'closed') this.#owner.closed();
  }
}
