import type { Channel, ChannelStatus, Client, EventsOf, PendingOf, PresenceSnapshot, StateOf } from '@rt/client';
import type { CatchUp } from '@rt/example-ui';
import { formatPosition, parsePosition } from '@rt/protocol';
import type { Position } from '@rt/protocol';
import type { ChatChannels } from '../channels.ts';
import type { Room } from '../rooms.ts';
import type { Writer } from '../visitor.ts';
import { sayEveryMs, Typists } from './typists.ts';
import type { Me } from './visit.ts';

type Name = `room:${string}`;
type RoomChannel = Channel<EventsOf<ChatChannels, Name>, StateOf<ChatChannels, Name>>;
export type Pending = PendingOf<EventsOf<ChatChannels, Name>>;
export type Here = PresenceSnapshot<StateOf<ChatChannels, Name>>;

/** How many messages are there at once, and how many come with each look back. */
export const pageSize = 50;

export interface Message {
  readonly type: 'message';
  readonly position: Position;
  readonly text: string;
  readonly by: Writer;
  readonly atMs: number;
  /** Whether it was written while this page had no connection. */
  readonly missed: boolean;
}

/** What stands in a conversation: messages, and where something is to be said about them. */
export type Item =
  | Message
  | { readonly type: 'missed'; readonly key: string; count: number }
  | { readonly type: 'gap'; readonly key: string; readonly reason: string };

export interface ConversationOptions {
  readonly room: Room;
  readonly catchUp: CatchUp;
  readonly onChange: () => void;
}

/** One room: what was said, what is on its way, who is here. It outlives the client that reads it. */
export class Conversation {
  readonly room: Room;
  readonly typists: Typists;
  /** Whether there are older messages than those that are here: `none` at the beginning of what is kept. */
  older: 'some' | 'loading' | 'failed' | 'none' = 'some';
  #items: readonly Item[] = [];
  readonly #options: ConversationOptions;
  #channel: RoomChannel | null = null;
  #me: Me | null = null;
  #position: string | null = null;
  /** Where the messages that the last reconnect has brought begin, if there are any. */
  #missed: Extract<Item, { readonly type: 'missed' }> | null = null;
  #saidTypingAtMs = -Infinity;

  constructor(options: ConversationOptions) {
    this.#options = options;
    this.room = options.room;
    this.typists = new Typists(options.onChange);
  }

  get items(): readonly Item[] {
    return this.#items;
  }

  get messages(): readonly Message[] {
    return this.#items.filter((item) => item.type === 'message');
  }

  get status(): ChannelStatus {
    return this.#channel?.status ?? { state: 'idle' };
  }

  get pending(): readonly Pending[] {
    return this.#channel?.pending.getSnapshot() ?? [];
  }

  get here(): Here | null {
    return this.#channel?.presence.getSnapshot() ?? null;
  }

  /** Reads by this client from now on, from where the last one has come to. Returns how to stop. */
  follow(client: Client<ChatChannels>, me: Me | null): () => void {
    const { catchUp, onChange } = this.#options;
    const from = this.#position === null ? { last: pageSize } : { after: this.#position };
    const channel = client.channel(`room:${this.room.id}`, { from });
    this.#channel = channel;
    this.#me = me;
    // What the last client was asked for does not come any more.
    if (this.older !== 'none') this.older = 'some';
    const stops = [
      channel.on('message', (data, { position }) => {
        const at = parsePosition(position ?? '');
        if (at === null) return;
        this.#received({ type: 'message', position: at, ...data, missed: catchUp.received(data.atMs, Date.now()) });
      }),
      channel.on('typing', ({ by }) => {
        if (by.id !== me?.id) this.typists.types(by);
      }),
      channel.onGap(({ reason }) => this.#gap(reason)),
      channel.subscribe(onChange),
      channel.pending.subscribe(onChange),
      channel.presence.subscribe(onChange),
    ];
    return () => {
      this.#position = channel.position;
      for (const stop of stops) stop();
    };
  }

  /** The connection is back: what comes now may have been missed. */
  reopened(): void {
    this.#missed = null;
  }

  enter(): void {
    // Who may not is told so by the conversation itself.
    if (this.#me !== null) this.#channel?.presence.enter(writerOf(this.#me)).catch(() => {});
  }

  leave(): void {
    if (this.#me !== null) this.#channel?.presence.leave().catch(() => {});
  }

  say(text: string): void {
    if (this.#me === null) return;
    this.#saidTypingAtMs = -Infinity;
    // What becomes of it is shown: it is settled by its echo, or stays with the reason.
    this.#channel?.publish('message', { text, by: writerOf(this.#me) }, { optimistic: true }).catch(() => {});
  }

  saysTyping(): void {
    const nowMs = Date.now();
    if (this.#me === null || nowMs - this.#saidTypingAtMs < sayEveryMs) return;
    this.#saidTypingAtMs = nowMs;
    this.#channel?.publish('typing', { by: writerOf(this.#me) }).catch(() => {});
  }

  /** Reads what stands before the oldest message that is there. */
  async loadOlder(): Promise<void> {
    const channel = this.#channel;
    const first = this.messages[0]?.position;
    if (channel === null || first === undefined || this.older === 'none' || this.older === 'loading') return;
    this.older = first.offset > 1 ? 'loading' : 'none';
    this.#options.onChange();
    if (this.older === 'none') return;
    const after = formatPosition(first.epoch, Math.max(0, first.offset - 1 - pageSize));
    const read = await channel.history({ after, limit: pageSize }).catch(() => null);
    // Another client reads by now, or another log.
    if (channel !== this.#channel || this.messages[0]?.position !== first) return;
    if (read === null) this.older = 'failed';
    else {
      const older = read.publications.flatMap(({ event, data, position }): readonly Message[] => {
        const at = parsePosition(position ?? '');
        if (event !== 'message' || at?.epoch !== first.epoch || at.offset >= first.offset) return [];
        return [{ type: 'message', position: at, ...data, missed: false }];
      });
      this.#items = [...older, ...this.#items];
      const isMore = (older[0]?.position.offset ?? 0) - 1 > (parsePosition(read.floor)?.offset ?? 0);
      this.older = isMore ? 'some' : 'none';
    }
    this.#options.onChange();
  }

  #received(message: Message): void {
    if (message.missed) {
      if (this.#missed === null) {
        this.#missed = { type: 'missed', key: `missed ${keyOf(message.position)}`, count: 0 };
        this.#items = [...this.#items, this.#missed];
      }
      this.#missed.count += 1;
    }
    this.#items = [...this.#items, message];
    this.typists.stopped(message.by.id);
    this.#options.onChange();
  }

  #gap(reason: string): void {
    const key = `gap ${Date.now()}`;
    // What stands in a log that is no more cannot be told from what the new one has.
    const before = reason === 'epoch_changed' ? [] : this.#items;
    this.older = reason === 'epoch_changed' ? 'none' : this.older;
    this.#items = [...before, { type: 'gap', key, reason }];
    this.#missed = null;
    this.#options.onChange();
  }
}

export function keyOf({ epoch, offset }: Position): string {
  return formatPosition(epoch, offset);
}

function writerOf({ id, name }: Me): Writer {
  return { id, name };
}
