import type { RtError, ServerFrame } from '@rt/protocol';
import type { Asking } from './asking.ts';
import type { Connected } from './connection.ts';

/** Who waits until the server has taken a member. */
interface Entering {
  readonly channel: string;
  settle(error: RtError | null): void;
}

/** The channels that this client is a member of, and what it shows there: said again to each new session. */
export class Memberships {
  readonly #client: Asking;
  readonly #shown = new Map<string, unknown>();
  /** Those that the session which is about to open has not been told. */
  readonly #unsaid = new Set<string>();
  #entering: Entering[] = [];
  /** The session's name, where requests of its own need one. */
  #session: string | null = null;
  #closed: RtError | null = null;

  constructor(client: Asking) {
    this.#client = client;
  }

  /** Is a member from now on, also after a reconnect. @throws RtError if it is refused */
  async enter(channel: string, state: unknown): Promise<void> {
    if (this.#closed !== null) throw this.#closed;
    this.#shown.set(channel, state);
    try {
      if (this.#client.isOpen()) await this.#client.ask({ type: 'enter', channel, state }, true);
      else await this.#entered(channel);
    } catch (error) {
      this.#shown.delete(channel);
      throw error;
    }
  }

  /** Is none any more. @throws RtError */
  async leave(channel: string): Promise<void> {
    this.#shown.delete(channel);
    this.#settled(channel, null);
    await this.#client.ask({ type: 'leave', channel }, true);
  }

  /** The lines that a new session begins with, behind its first. */
  hello(): string {
    this.#unsaid.clear();
    return [...this.#shown.keys()].map((channel) => this.#line(channel)).join('');
  }

  opened({ session }: Connected): void {
    this.#session = session;
    for (const channel of this.#unsaid) if (this.#shown.has(channel)) this.#client.send(this.#line(channel));
    this.#unsaid.clear();
  }

  take(frame: ServerFrame): void {
    if (frame.type === 'left' && frame.error !== undefined) this.#shown.delete(frame.channel);
  }

  /** The lines that are said as the page ends. */
  leaving(): string {
    const session = this.#session ?? undefined;
    return [...this.#shown.keys()].map((channel) => this.#client.line({ type: 'leave', channel, session })).join('');
  }

  close(error: RtError): void {
    this.#closed = error;
    for (const entering of this.#entering.splice(0)) entering.settle(error);
  }

  /** Resolves when a new session has been told. */
  async #entered(channel: string): Promise<void> {
    this.#unsaid.add(channel);
    this.#client.need();
    await new Promise<void>((resolve, reject) => {
      const settle = (error: RtError | null): void => (error === null ? resolve() : reject(error));
      this.#entering.push({ channel, settle });
    });
  }

  #line(channel: string): string {
    return this.#client.line(
      { type: 'enter', channel, state: this.#shown.get(channel) },
      () => this.#settled(channel, null),
      (error) => this.#settled(channel, error),
    );
  }

  #settled(channel: string, error: RtError | null): void {
    if (error?.retryable === false) this.#shown.delete(channel);
    // With a lost connection it is said again.
    if (error?.code === 'connection_lost') return;
    const waiting = this.#entering;
    this.#entering = waiting.filter((one) => one.channel !== channel);
    for (const one of waiting) if (one.channel === channel) one.settle(error);
  }
}
