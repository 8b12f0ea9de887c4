import type { ServerFrame } from '@rt/protocol';
import { RtError } from '@rt/protocol';
import type { ChannelHost } from './channel-core.ts';
import { ChannelCore } from './channel-core.ts';
import type { Connected, ConnectionOptions, ConnectionOwner } from './connection.ts';
import { Connection } from './connection.ts';
import type { Environment } from './environment.ts';
import type { OutboxEntry, OutboxStore, Settled } from './outbox.ts';
import { Outbox } from './outbox.ts';
import type { Request } from './requests.ts';
import { Requests } from './requests.ts';

/** A frame that is said: its answers are for whoever asks. */
export type Asked = Readonly<Record<string, unknown>>;

export interface ClientCoreOptions extends ConnectionOptions {
  readonly token: (() => string | null | Promise<string | null>) | null;
  readonly outbox: OutboxStore | null;
}

/** How much of a token's life is used until a new one is got. */
const refreshAt = 0.85;

/** Everything that a client is, without its types. */
export class ClientCore implements ConnectionOwner {
  readonly connection: Connection;
  readonly environment: Environment;
  readonly #options: ClientCoreOptions;
  readonly #requests = new Requests();
  readonly #outbox: Outbox;
  readonly #channels = new Map<string, ChannelCore>();
  /** The same for all connections of this client: coming back is not coming. */
  readonly #name: string;
  /** The session's name, where requests of its own need one. */
  #session: string | null = null;
  #cancelRefresh: () => void = () => {};
  /** Until what an earlier page has left behind is in its place: what is published now comes after it. */
  #restoring: Promise<void> | null;
  #closed = false;

  constructor(options: ClientCoreOptions) {
    const { environment } = options;
    this.environment = environment;
    this.#options = options;
    this.#name = randomKey(environment);
    this.#outbox = new Outbox((entry, settled) => this.#publish(entry, settled), options.outbox, environment);
    this.connection = new Connection(this, options);
    this.#restoring = options.outbox === null ? null : this.#restore(options.outbox);
  }

  channel(name: string): ChannelCore {
    let channel = this.#channels.get(name);
    if (channel === undefined) {
      const host: ChannelHost = {
        say: (frame, failed) => this.#say(frame, failed),
        need: () => this.connection.need(),
        timer: (afterMs, run) => this.environment.timer(afterMs, run),
        isOpen: () => this.connection.open,
      };
      channel = new ChannelCore(name, host);
      this.#channels.set(name, channel);
    }
    return channel;
  }

  /** Asks, and waits for a connection if there is none. What may be repeated is asked again after a reconnect. */
  async ask(frame: Asked, repeatable: boolean): Promise<ServerFrame> {
    if (this.#closed) throw closedError();
    return new Promise((answered, failed) => {
      const request: Request = { frame, repeatable, answered, failed };
      if (this.connection.open) this.connection.send(this.#requests.ask(request));
      else {
        this.#requests.wait(request);
        this.connection.need();
      }
    });
  }

  /** Publishes in order, and stores once. Resolves to the position, or to `null` of what has none. */
  async publish(entry: OutboxEntry): Promise<string | null> {
    if (this.#restoring !== null) await this.#restoring;
    if (this.#closed) throw closedError();
    const shown = entry.optimistic ? this.channel(entry.channel) : null;
    return new Promise((resolve, reject) => {
      this.#outbox.add(entry, {
        stored: (position) => {
          shown?.stored(entry.key, position);
          resolve(position);
        },
        refused: reject,
      });
      this.connection.need();
    });
  }

  /** Is a member of a channel from now on, also after a reconnect. @throws RtError if it is refused */
  async enter(channel: ChannelCore, state: unknown): Promise<void> {
    if (this.#closed) throw closedError();
    channel.show(state);
    try {
      if (this.connection.open) await this.ask({ type: 'enter', channel: channel.name, state }, true);
      else {
        this.connection.need();
        await channel.entered();
      }
    } catch (error) {
      channel.hide();
      throw error;
    }
  }

  key(): string {
    return randomKey(this.environment);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelRefresh();
    if (this.connection.open) this.leaving();
    this.connection.close();
    const error = closedError();
    this.#requests.close(error);
    this.#outbox.close(error);
    for (const channel of this.#channels.values()) channel.membershipSettled(error);
  }

  async token(): Promise<string | null> {
    return (await this.#options.token?.()) ?? null;
  }

  hello(token: string | null): string {
    // What an attempt that came to nothing has said will not be answered.
    this.#requests.begin();
    const channels = [...this.#channels.values()];
    const subscriptions = channels.map((channel) => channel.begin()).filter((asked) => asked !== null);
    const connect = {
      type: 'connect',
      id: 1,
      client: this.#name,
      ...(token !== null && { token }),
      ...(subscriptions.length > 0 && { subscriptions }),
    };
    let lines = `${JSON.stringify(connect)}\n`;
    for (const channel of channels) {
      const membership = channel.membership();
      if (membership === null) continue;
      lines += this.#requests.ask({
        frame: membership,
        repeatable: false,
        answered: () => channel.membershipSettled(null),
        failed: (error) => channel.membershipSettled(error),
      });
    }
    return lines;
  }

  opened({ session, expiresInMs, limits }: Connected): void {
    this.#session = session;
    for (const channel of this.#channels.values()) channel.opened();
    for (const request of this.#requests.takeWaiting()) this.connection.send(this.#requests.ask(request));
    this.#outbox.open(limits.rates ?? null);
    if (this.#options.outbox !== null) void this.#restore(this.#options.outbox);
    this.#refreshIn(expiresInMs);
  }

  frame(frame: ServerFrame): void {
    this.#requests.settle(frame);
    // What answers a question is for whoever has asked.
    if (frame.type === 'error' && frame.id !== undefined) return;
    if ('channel' in frame && frame.channel !== undefined) this.#channels.get(frame.channel)?.take(frame);
  }

  ping(): void {
    this.#say({ type: 'ping' });
  }

  leaving(): void {
    let lines = '';
    for (const { name: channel, member } of this.#channels.values()) {
      if (!member) continue;
      const frame = { type: 'leave', channel, ...(this.#session !== null && { session: this.#session }) };
      lines += this.#requests.ask({ frame, repeatable: false, answered() {}, failed() {} });
    }
    if (lines !== '') this.connection.last(lines);
  }

  lost(): void {
    this.#cancelRefresh();
    this.#outbox.lost();
    this.#requests.lost();
    for (const channel of this.#channels.values()) channel.lost();
  }

  #say(frame: Asked, failed: (error: RtError) => void = () => {}): void {
    if (!this.connection.open) return;
    this.connection.send(this.#requests.ask({ frame, repeatable: false, answered() {}, failed }));
  }

  #publish({ key, channel, event, body, ifPosition, optimistic }: OutboxEntry, settled: Settled): void {
    const frame = {
      type: 'publish',
      channel,
      event,
      ...body,
      key,
      ...(optimistic && { echo: true }),
      ...(ifPosition !== null && { ifPosition }),
    };
    const answered = (answer: ServerFrame): void => {
      if (answer.type === 'published') settled.stored(answer.position);
    };
    // One whose connection is lost is sent again by the outbox, in its order.
    const failed = (error: RtError): void => {
      if (error.code !== 'connection_lost') settled.refused(error);
    };
    this.connection.send(this.#requests.ask({ frame, repeatable: false, answered, failed }));
  }

  /** Sends what pages that are no more have left behind. */
  async #restore(store: OutboxStore): Promise<void> {
    const nobody: Settled = { stored() {}, refused() {} };
    // What cannot be read may be read by the next page.
    const entries = await store.load().catch(() => []);
    this.#restoring = null;
    if (this.#closed) return;
    for (const entry of entries) if (!this.#outbox.has(entry.key)) this.#outbox.add(entry, nobody);
    if (this.#outbox.size > 0) this.connection.need();
  }

  #refreshIn(expiresInMs: number | null): void {
    this.#cancelRefresh();
    if (expiresInMs === null || this.#options.token === null) return;
    const afterMs = expiresInMs * refreshAt * (0.9 + 0.1 * this.environment.random());
    this.#cancelRefresh = this.environment.timer(afterMs, () => void this.#refresh());
  }

  async #refresh(): Promise<void> {
    try {
      const token = await this.token();
      if (token === null) return;
      const answer = await this.ask({ type: 'refresh', token }, false);
      if (answer.type === 'refreshed') this.#refreshIn(answer.expiresInMs);
    } catch {
      // The session ends when its token does, and the next connection gets another one, or says why not.
    }
  }
}

function closedError(): RtError {
  return new RtError('client_closed', 'this client was closed; create another one');
}

/** A text that nobody else makes up. */
function randomKey(environment: Environment): string {
  let key = '';
  while (key.length < 16) key += Math.floor(environment.random() * 36).toString(36);
  return key;
}
