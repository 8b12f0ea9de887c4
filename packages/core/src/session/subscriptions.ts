import type { Start, Subscribing } from '@rt/protocol';
import { parseSubscription, RtError } from '@rt/protocol';
import { mayRead } from '../channels/permission.ts';
import type { Match } from '../channels/registry.ts';
import type { Connection } from '../delivery/connection.ts';
import type { Watch } from '../delivery/delivery.ts';
import type { LocalChannel } from '../delivery/local-channel.ts';
import type { Parts } from '../parts.ts';
import { errorLine, frameLine, told } from './frame-line.ts';
import { presenceOf } from './memberships.ts';
import type { Asker } from './asker.ts';
import type { Replies } from './replies.ts';

/** What a session is subscribed to, and what it is about to be. */
export class Subscriptions {
  readonly #parts: Parts;
  readonly #replies: Replies;
  readonly #who: () => Asker;
  /** The end of the last step for each channel with one under way: steps that concern one channel take effect in order. */
  #chains: Map<string, Promise<unknown>> | null = null;
  /** The channels by name, and whether who is there is told too. */
  readonly #names = new Map<string, boolean>();
  #connection: Connection | null = null;

  /** `who` says who asks at this moment: it changes with a new token. */
  constructor(parts: Parts, replies: Replies, who: () => Asker) {
    this.#parts = parts;
    this.#replies = replies;
    this.#who = who;
  }

  begin(connection: Connection): void {
    this.#connection = connection;
  }

  /** Takes a step after those before it on the same channel, whatever became of them. */
  async inOrder<Result>(channel: string, step: () => Promise<Result>): Promise<Result> {
    const chains = (this.#chains ??= new Map());
    const before = chains.get(channel);
    const result = before === undefined ? step() : before.then(step, step);
    const ended = result.then(
      () => {},
      () => {},
    );
    chains.set(channel, ended);
    try {
      return await result;
    } finally {
      if (chains.get(channel) === ended) chains.delete(channel);
      // A session is quiet for most of its time.
      if (chains.size === 0 && this.#chains === chains) this.#chains = null;
    }
  }

  /** One of those that `connect` has brought, by its place among them. Answers by itself. */
  async addFirst(value: unknown, index: number): Promise<void> {
    let channel: string | undefined;
    try {
      const request = parseSubscription(value);
      ({ channel } = request);
      // Those that are refused make no room: no rate counts how often rules are asked for one `connect`.
      this.#requireRoom(index);
      await this.add(null, request);
    } catch (cause) {
      this.#replies.say(errorLine(told(cause, this.#parts.settings.observe), null, channel ?? channelOf(value)));
    }
  }

  /** Subscribes and answers. @throws RtError if it is refused. */
  async add(id: number | null, request: Subscribing): Promise<void> {
    await this.inOrder(request.channel, () => this.#add(id, request));
  }

  /** Unsubscribes, and returns the answer. */
  async remove(id: number, channel: string): Promise<string> {
    return this.inOrder(channel, async () => {
      this.#names.delete(channel);
      if (this.#connection !== null) this.#parts.delivery.unsubscribe(this.#connection, channel);
      return frameLine({ type: 'unsubscribed', id, channel });
    });
  }

  /** Takes back the permission at once, also of what is about to be subscribed. */
  revoke(channel: string, error: RtError): void {
    this.#replies.withdraw(channel);
    this.#end(channel, error);
  }

  /** Asks every rule again, for somebody who may have become another. */
  async recheck(): Promise<void> {
    await Promise.all([...this.#names.keys()].map((channel) => this.inOrder(channel, () => this.#recheck(channel))));
  }

  async #recheck(channel: string): Promise<void> {
    const members = this.#names.get(channel);
    if (members === undefined) return;
    const { registry, settings } = this.#parts;
    try {
      await mayRead(registry.find(channel), { past: false, members }, this.#who().user, settings.observe);
    } catch (cause) {
      this.#end(channel, told(cause, this.#parts.settings.observe));
    }
  }

  #end(channel: string, error: RtError): void {
    if (this.#connection === null || !this.#parts.delivery.unsubscribe(this.#connection, channel)) return;
    this.#names.delete(channel);
    this.#replies.say(frameLine({ type: 'unsubscribed', channel, error: error.toJSON() }));
  }

  async #add(id: number | null, { channel: name, start, presence }: Subscribing): Promise<void> {
    const match = this.#parts.registry.find(name);
    if (this.#names.has(name)) {
      throw new RtError('subscribed_already', `"${name}" is subscribed already; unsubscribe to begin elsewhere`);
    }
    this.#requireRoom(this.#names.size);
    if (presence !== null) presenceOf(match);
    this.#names.set(name, presence !== null);
    try {
      if (await this.#place(match, { id, start, presence })) return;
      // Either nobody is there to be told, or the permission was taken back meanwhile.
      throw new RtError('permission_revoked', `"${name}" may not be read any more`);
    } catch (cause) {
      this.#names.delete(name);
      throw cause;
    }
  }

  /** @throws RtError `channels_too_many` */
  #requireRoom(others: number): void {
    const { maxChannelsPerSession } = this.#parts.settings.limits;
    if (others < maxChannelsPerSession) return;
    throw new RtError('channels_too_many', `a session may subscribe to ${maxChannelsPerSession} channels`);
  }

  /**
   * Places one who may read the channel. Resolves to false if the permission was taken back, or nobody is there any
   * more. Between finding that a rule's word still holds and the place in line there is no `await`.
   */
  async #place(match: Match, { id, start, presence }: Asking): Promise<boolean> {
    const { delivery, settings } = this.#parts;
    const wanted = { past: start.type === 'start' || start.type === 'last', members: presence !== null };
    for (;;) {
      const { revision } = this.#parts;
      const { user } = this.#who();
      await mayRead(match, wanted, user, settings.observe);
      const { channel, watch } = await this.#hold(match, start, presence);
      const settled = revision === this.#parts.revision && user === this.#who().user;
      if (settled && this.#connection?.open === true) return this.#replies.place({ id, channel, start, watch });
      delivery.following.release(match.channel);
      if (watch !== null) delivery.places.release(match.channel);
      if (settled) return false;
    }
  }

  async #hold(match: Match, start: Start, presence: Start | null): Promise<Held> {
    const { following, places } = this.#parts.delivery;
    const channel = await following.hold(match, start);
    if (presence === null) return { channel, watch: null };
    try {
      return { channel, watch: { channel: await places.hold(match), start: presence } };
    } catch (cause) {
      following.release(match.channel);
      throw cause;
    }
  }
}

/** What is held for a subscription. */
interface Held {
  readonly channel: LocalChannel;
  readonly watch: Watch | null;
}

/** What is asked of a subscription. */
interface Asking {
  readonly id: number | null;
  readonly start: Start;
  readonly presence: Start | null;
}

function channelOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('channel' in value)) return undefined;
  return typeof value.channel === 'string' ? value.channel.slice(0, 255) : undefined;
}
