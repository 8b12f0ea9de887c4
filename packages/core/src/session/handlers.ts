import { RtError } from '@rt/protocol';
import type { User } from '../channels/define-channel.ts';
import type { Match } from '../channels/registry.ts';

/** What a client has sent to a handler. */
export interface Sent<ChannelParams = Readonly<Record<string, string>>> {
  /** As it came: any JSON value, or bytes. Nothing has checked it. */
  readonly data: unknown;
  readonly user: User | null;
  readonly channel: string;
  readonly params: ChannelParams;
  readonly event: string;
}

/** Answers what a client has sent. What it returns is the answer; an `RtError` it throws is told as it is. */
export type Handler<ChannelParams = Readonly<Record<string, string>>> = (sent: Sent<ChannelParams>) => unknown;

/** The app's handlers, by the pattern of a channel and the name of an event. */
export class Handlers {
  readonly #handlers = new Map<string, Handler>();

  /** Returns how to take it away again. @throws RtError `definition_invalid` if there is one already. */
  add(pattern: string, event: string, handler: Handler): () => void {
    const key = `${pattern} ${event}`;
    if (this.#handlers.has(key)) {
      throw new RtError(
        'definition_invalid',
        `"${pattern}" has a handler for "${event}" already; take that away first`,
      );
    }
    this.#handlers.set(key, handler);
    return () => {
      if (this.#handlers.get(key) === handler) this.#handlers.delete(key);
    };
  }

  /** @throws RtError `handler_unknown` */
  find({ channel, definition }: Match, event: string): Handler {
    const handler = this.#handlers.get(`${definition.pattern.text} ${event}`);
    if (handler !== undefined) return handler;
    throw new RtError('handler_unknown', `nobody answers ${JSON.stringify(event)} on "${channel}" here`);
  }
}
