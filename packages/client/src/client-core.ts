import type { ServerFrame } from '@rt/protocol';
import { RtError } from '@rt/protocol';
import type { Asked, Asking } from './asking.ts';
import type { ChannelHost } from './channel-core.ts';
import { ChannelCore } from './channel-core.ts';
import type { Connected, ConnectionOptions, ConnectionOwner } from './connection.ts';
import { Connection } from './connection.ts';
import type { Environment } from './environment.ts';
import { Memberships } from './memberships.ts';
import type { OutboxStore } from './outbox.ts';
import { Publishing } from './publishing.ts';
import { Requests } from './requests.ts';
import { tokenRefresh } from './token-refresh.ts';

export interface ClientCoreOptions extends ConnectionOptions {
  readonly token: (() => string | null | Promise<string | null>) | null;
}

/** Everything that a client is, without its types. */
export class ClientCore implements ConnectionOwner, ChannelHost, Asking {
  readonly connection: Connection;
  readonly environment: Environment;
  readonly memberships: Memberships;
  readonly publishing: Publishing;
  readonly #options: ClientCoreOptions;
  readonly #requests = new Requests();
  readonly #channels = new Map<string, ChannelCore>();
  /** The same for all connections of this client: coming back is not coming. */
  readonly #name: string;
  readonly #expiresIn: (ms: number | null) => void;
  #closed = false;

  constructor(options: ClientCoreOptions, outbox: OutboxStore | null) {
    const { environment } = options;
    this.environment = environment;
    this.#options = options;
    this.#name = this.key();
    this.connection = new Connection(this, options);
    this.#expiresIn = tokenRefresh(environment, async () => {
      const token = await this.token();
      return token === null ? null : this.ask({ type: 'refresh', token }, false);
    });
    this.memberships = new Memberships(this);
    this.publishing = new Publishing(this, { environment, store: outbox, shown: (name) => this.channel(name) });
  }

  channel(name: string): ChannelCore {
    let channel = this.#channels.get(name);
    if (channel === undefined) this.#channels.set(name, (channel = new ChannelCore(name, this)));
    return channel;
  }

  async ask(frame: Asked, repeatable: boolean): Promise<ServerFrame> {
    if (this.#closed) throw closedError();
    return new Promise((answered, failed) => {
      const request = { frame, repeatable, answered, failed };
      if (this.isOpen()) this.send(this.#requests.ask(request));
      else {
        this.#requests.wait(request);
        this.need();
      }
    });
  }

  line(
    frame: Asked,
    answered: (answer: ServerFrame) => void = ignore,
    failed: (error: RtError) => void = ignore,
  ): string {
    return this.#requests.ask({ frame, repeatable: false, answered, failed });
  }

  say(frame: Asked, failed?: (error: RtError) => void): void {
    if (this.isOpen()) this.send(this.line(frame, ignore, failed));
  }

  send(lines: string): void {
    this.connection.send(lines);
  }

  need(): void {
    this.connection.need();
  }

  isOpen(): boolean {
    return this.connection.open;
  }

  timer(afterMs: number, run: () => void): () => void {
    return this.environment.timer(afterMs, run);
  }

  /** A text that nobody else makes up. */
  key(): string {
    let key = '';
    while (key.length < 16) key += Math.floor(this.environment.random() * 36).toString(36);
    return key;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.isOpen()) this.leaving();
    this.connection.close();
    const error = closedError();
    this.#requests.close(error);
    this.memberships.close(error);
    this.publishing.close(error);
  }

  async token(): Promise<string | null> {
    return (await this.#options.token?.()) ?? null;
  }

  hello(token: string | null): string {
    // What an attempt that came to nothing has said will not be answered.
    this.#requests.begin();
    const subscriptions = [...this.#channels.values()]
      .map((channel) => channel.begin())
      .filter((asked) => asked !== null);
    const connect = {
      type: 'connect',
      id: 1,
      client: this.#name,
      ...(token !== null && { token }),
      ...(subscriptions.length > 0 && { subscriptions }),
    };
    return `${JSON.stringify(connect)}\n${this.memberships.hello()}`;
  }

  opened(connected: Connected): void {
    for (const channel of this.#channels.values()) channel.opened();
    for (const request of this.#requests.takeWaiting()) this.send(this.#requests.ask(request));
    this.memberships.opened(connected);
    this.publishing.opened(connected);
    this.#expiresIn(connected.expiresInMs);
  }

  frame(frame: ServerFrame): void {
    this.#requests.settle(frame);
    // What answers a question is for whoever has asked.
    if (!('channel' in frame) || frame.channel === undefined || (frame.type === 'error' && frame.id !== undefined))
      return;
    this.#channels.get(frame.channel)?.take(frame);
    this.memberships.take(frame);
  }

  ping(): void {
    this.say({ type: 'ping' });
  }

  leaving(): void {
    const lines = this.memberships.leaving();
    if (lines !== '') this.connection.last(lines);
  }

  lost(): void {
    this.#expiresIn(null);
    this.publishing.lost();
    this.#requests.lost();
    for (const channel of this.#channels.values()) channel.lost();
  }
}

function ignore(): void {}

function closedError(): RtError {
  return new RtError('client_closed', 'this client was closed; create another one');
}
