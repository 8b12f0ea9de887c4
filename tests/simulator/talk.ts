import type { Start } from '@rt/core';
import type { ErrorBody, Position, ServerFrame } from '@rt/protocol';
import { parsePosition } from '@rt/protocol';
import { startFields } from './client.ts';
import type { Moment } from './journal.ts';
import type { MemberViews } from './member-views.ts';
import type { Told, ToldItem, Transcript, When } from './told.ts';
import type { Wish } from './wish.ts';

/** From where on a client wants to be told what is published, and who is there: `null` for not at all. */
export interface First {
  readonly start: Start;
  readonly presence: true | string | null;
}

/** A frame that was sent and wants an answer. */
export type Asked =
  | { readonly type: 'connect' | 'ping' | 'send' }
  | { readonly type: 'refresh'; readonly asked: Moment }
  | ({ readonly type: 'subscribe'; readonly channel: string } & First)
  | { readonly type: 'unsubscribe' | 'leave'; readonly channel: string }
  | { readonly type: 'enter'; readonly channel: string; readonly state: number }
  | { readonly type: 'members'; readonly channel: string; readonly asked: Moment }
  | {
      readonly type: 'history';
      readonly channel: string;
      readonly start: Start;
      readonly asked: Moment;
      readonly limit: number;
    }
  | { readonly type: 'publish'; readonly wish: Wish };

/** What a talk tells its client. */
export interface TalkOwner {
  /** Where it keeps who is where, as long as it believes in this talk. */
  views(): MemberViews | null;
  came(channel: string, at: Position): void;
  /** A subscription was refused, or ended. */
  refused(channel: string, error: ErrorBody): void;
  /** It is refused to enter, or no member any more. */
  outside(channel: string, error: ErrorBody): void;
  /** The server has said goodbye. */
  bye(error: ErrorBody): void;
  fail(why: string): void;
}

/** One session from its first frame to its last: what was asked in it, and what it was told. */
export class Talk {
  connected = false;
  session: string | null = null;
  heartbeatMs: number | null = null;
  speakWithinMs: number | null = null;
  /** The channels by name, and whether it is told who is there. */
  readonly subscribed = new Map<string, boolean>();
  /** Where it is a member, and what it shows. */
  readonly entered = new Map<string, number>();
  readonly pending = new Map<number, Asked>();
  readonly #owner: TalkOwner;
  readonly #firsts: Map<string, First>;
  #transcript: Transcript | null = null;
  #lastId = 0;
  #bye = false;

  /** @param firsts The subscriptions of its `connect`. */
  constructor(firsts: ReadonlyMap<string, First>, owner: TalkOwner) {
    this.#firsts = new Map(firsts);
    this.#owner = owner;
  }

  /** When the last new token was sent that was taken. */
  get refreshed(): Moment | null {
    return this.#transcript?.refreshed ?? null;
  }

  set transcript(transcript: Transcript) {
    this.#transcript = transcript;
  }

  /** Whether it has the channel, or waits to hear whether it may. */
  has(channel: string): boolean {
    if (this.subscribed.has(channel) || this.#firsts.has(channel)) return true;
    return this.waitsFor('subscribe', channel);
  }

  /** Whether it waits for an answer about a channel. */
  waitsFor(type: 'subscribe' | 'enter', channel: string): boolean {
    return [...this.pending.values()].some((asked) => asked.type === type && asked.channel === channel);
  }

  /** The frame that asks, as its line. */
  ask(asked: Asked, fields: object): string {
    this.#lastId += 1;
    this.pending.set(this.#lastId, asked);
    if (asked.type === 'publish') asked.wish.attempts.push({ talk: this.#transcript?.name ?? '', id: this.#lastId });
    return `${JSON.stringify({ type: asked.type, id: this.#lastId, ...fields })}\n`;
  }

  /** The frame that opens it. */
  connect(token: string | null, client: string | null): string {
    const subscriptions = [...this.#firsts].map(([channel, first]) => ({ channel, ...firstFields(first) }));
    const fields = { ...(token !== null && { token }), ...(client !== null && { client }), subscriptions };
    return this.ask({ type: 'connect' }, fields);
  }

  hear(text: string, when: When): void {
    for (const line of text.split('\n')) if (line !== '') this.#hear(JSON.parse(line) as ServerFrame, when);
  }

  #hear(frame: ServerFrame, when: When): void {
    if (this.#bye) return this.#owner.fail(`heard ${frame.type} after bye`);
    if (!this.connected && !['connected', 'bye', 'error'].includes(frame.type)) {
      this.#owner.fail(`heard ${frame.type} before connected`);
    }
    switch (frame.type) {
      case 'connected':
        this.#answered(frame.id, 'connect');
        this.connected = true;
        this.session = frame.session;
        this.heartbeatMs = frame.heartbeatMs;
        this.speakWithinMs = frame.speakWithinMs;
        return;
      case 'subscribed':
        return this.#subscribed(frame, when);
      case 'unsubscribed':
        if (frame.id !== undefined) this.#answered(frame.id, 'unsubscribe');
        this.subscribed.delete(frame.channel);
        this.#told({ type: 'unsubscribed', channel: frame.channel, ...when });
        if (frame.error !== undefined) this.#owner.refused(frame.channel, frame.error);
        return;
      case 'publications': {
        const { channel, publications } = frame;
        const position = this.#position(frame.position);
        this.#told({
          type: 'publications',
          channel,
          ...when,
          position,
          items: publications.flatMap(({ offset, data }) => (offset === undefined ? [] : [item({ offset, data })])),
          passed: publications.flatMap(({ offset, data }) => (offset === undefined ? [Number(data)] : [])),
          places: null,
        });
        return this.#owner.came(channel, position);
      }
      case 'gap':
        this.#told({ ...frame, ...when });
        return this.#owner.came(frame.channel, this.#position(frame.position));
      case 'published': {
        const asked = this.#answered(frame.id, 'publish');
        const ledger = this.#transcript?.ledger();
        if (asked?.type !== 'publish' || ledger === null || ledger === undefined) return;
        if (frame.position === null && asked.wish.event === 'waved') return;
        asked.wish.answers.push({ position: this.#position(frame.position ?? ''), ledger });
        return;
      }
      case 'history': {
        const asked = this.#answered(frame.id, 'history');
        if (asked?.type !== 'history') return;
        const { channel, publications, gap = null } = frame;
        const items = publications.map((one) => item({ ...one, offset: this.#position(positionOf(one)).offset }));
        const [position, floor] = [this.#position(frame.position), this.#position(frame.floor)];
        const { start, limit } = asked;
        return this.#told({
          type: 'page',
          channel,
          earliest: asked.asked,
          written: when.written,
          start,
          limit,
          position,
          floor,
          items,
          gap,
        });
      }
      case 'error':
        return this.#refused(frame);
      case 'bye':
        this.#bye = true;
        return this.#owner.bye(frame.error);
      case 'answered':
        this.#answered(frame.id, 'send');
        return;
      case 'refreshed': {
        const asked = this.#answered(frame.id, 'refresh');
        if (this.#transcript !== null && asked?.type === 'refresh') this.#transcript.refreshed = asked.asked;
        return;
      }
      case 'pong':
        this.#answered(frame.id, 'ping');
        return;
      case 'entered': {
        const asked = this.#answered(frame.id, 'enter');
        if (asked?.type === 'enter') this.entered.set(asked.channel, asked.state);
        return;
      }
      case 'left':
        if (frame.id !== undefined) this.#answered(frame.id, 'leave');
        this.entered.delete(frame.channel);
        if (frame.error !== undefined) this.#owner.outside(frame.channel, frame.error);
        return;
      case 'members': {
        const asked = this.#answered(frame.id, 'members');
        const truth = this.#transcript?.presence() ?? null;
        if (asked?.type !== 'members' || truth === null) return;
        return this.#owner.views()?.answered(frame.channel, frame, { truth, when: { ...when, earliest: asked.asked } });
      }
      case 'presence': {
        const { channel } = frame;
        if (this.subscribed.get(channel) !== true) return this.#owner.fail(`was told who is in ${channel} unasked`);
        this.#told({ type: 'presence', channel, ...when });
        const truth = this.#transcript?.presence() ?? null;
        if (truth !== null) this.#owner.views()?.told(channel, frame, { truth, when });
      }
    }
  }

  #subscribed(frame: Extract<ServerFrame, { readonly type: 'subscribed' }>, when: When): void {
    const { id, channel, gap = null } = frame;
    const asked = id === undefined ? null : this.#answered(id, 'subscribe');
    const first = asked?.type === 'subscribe' ? asked : this.#firsts.get(channel);
    this.#firsts.delete(channel);
    if (first === undefined) return this.#owner.fail(`was subscribed to ${channel} without asking`);
    const position = this.#position(frame.position);
    const { start, presence } = first;
    const members = presence !== null;
    this.subscribed.set(channel, members);
    this.#told({ type: 'placed', channel, ...when, start, position, gap, gapFollows: false, members });
    const truth = this.#transcript?.presence() ?? null;
    if (members !== (frame.presence !== undefined)) this.#owner.fail(`was or was not told who is in ${channel}`);
    else if (presence !== null && frame.presence !== undefined && truth !== null) {
      this.#owner.views()?.began(channel, presence, frame.presence, { truth, when });
    }
    this.#owner.came(channel, position);
  }

  #refused({ id, channel, error }: Extract<ServerFrame, { readonly type: 'error' }>): void {
    if (id === undefined) {
      if (channel === undefined || !this.#firsts.delete(channel))
        this.#owner.fail(`an error of nothing: ${error.message}`);
      else this.#owner.refused(channel, error);
      return;
    }
    const asked = this.#answered(id, null);
    if (asked?.type === 'publish') asked.wish.refusals.push(error);
    if (asked?.type === 'enter') this.#owner.outside(asked.channel, error);
    if (asked?.type === 'subscribe' && error.code !== 'subscribed_already') this.#owner.refused(asked.channel, error);
  }

  #answered(id: number, type: Asked['type'] | null): Asked | null {
    const asked = this.pending.get(id);
    this.pending.delete(id);
    if (asked === undefined) this.#owner.fail(`frame ${id} was answered twice, or never sent`);
    else if (type !== null && asked.type !== type)
      this.#owner.fail(`frame ${id} was ${asked.type}, answered as ${type}`);
    return asked ?? null;
  }

  #told(told: Told): void {
    this.#transcript?.told.push(told);
  }

  #position(text: string): Position {
    const position = parsePosition(text);
    if (position === null) this.#owner.fail(`${JSON.stringify(text)} is no position`);
    return position ?? { epoch: '', offset: -1 };
  }
}

/** The fields of a subscription. */
export function firstFields({ start, presence }: First): object {
  return { ...startFields(start), ...(presence !== null && { presence }) };
}

function item({ offset, data }: { readonly offset: number; readonly data?: unknown }): ToldItem {
  return { offset, data: Number(data) };
}

/** Publications of a page carry their whole position. */
function positionOf(publication: object): string {
  return 'position' in publication ? String(publication.position) : '';
}
