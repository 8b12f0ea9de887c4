import type { Start } from '@rt/core';
import type { ErrorBody, Position } from '@rt/protocol';
import { Attending } from './attending.ts';
import type { Carried, Carrier } from './carrier.ts';
import type { Client, Surroundings, Where } from './client.ts';
import { retryMs, startFields } from './client.ts';
import type { Moment } from './journal.ts';
import { LongPollCarrier } from './long-poll-carrier.ts';
import { MemberViews } from './member-views.ts';
import { Places } from './places.ts';
import { SseCarrier } from './sse-carrier.ts';
import { transcriptOf } from './stream-client.ts';
import type { Asked, First } from './talk.ts';
import { firstFields, Talk } from './talk.ts';
import type { Transcript } from './told.ts';
import { WebSocketCarrier } from './websocket-carrier.ts';
import type { Wire } from './wire.ts';
import type { Wish } from './wish.ts';
import { wishFields } from './wish.ts';

const carriers = { websocket: WebSocketCarrier, sse: SseCarrier, 'long-poll': LongPollCarrier } as const;

/** What a client with sessions is like. */
export interface SessionPlan {
  readonly kind: keyof typeof carriers;
  readonly user: string;
  readonly token: string | null;
  /** The name that it keeps over its connections, if it has one. */
  readonly client: string | null;
  /** Whether it wants to be told who is there. */
  readonly watches: boolean;
  /** Whether it closes what it gives up: else it is there for as long as the server believes in it. */
  readonly tidy: boolean;
  /** The most members that are listed. */
  readonly listUpTo: number;
}

interface Current {
  readonly talk: Talk;
  readonly carrier: Carrier & { readonly wire: Wire };
  readonly transcript: Transcript;
}

/** A client with sessions: it comes back with the places it has, and repeats its unanswered publications. */
export class SessionClient implements Client {
  readonly kind: SessionPlan['kind'];
  readonly user: string;
  readonly views: MemberViews;
  readonly #around: Surroundings;
  readonly #plan: SessionPlan;
  readonly #attending = new Attending();
  readonly #places = new Places();
  /** What it wants to be subscribed to, and from when on it may ask again. */
  readonly #wants = new Map<string, number>();
  /** What it waits to hear about. */
  readonly #wishes = new Set<Wish>();
  #current: Current | null = null;
  #retryAtMs = 0;
  #spokeAtMs = 0;
  #heardAtMs = 0;
  #left = false;
  #denied = false;

  constructor(plan: SessionPlan, around: Surroundings) {
    this.kind = plan.kind;
    this.user = plan.user;
    this.#plan = plan;
    this.#around = around;
    this.views = new MemberViews(plan.listUpTo, (why) => around.journal.fail(`${plan.user}: ${why}`));
  }

  /** The session that it has, if the server has told it so. */
  get talk(): Talk | null {
    return this.#current?.talk.connected === true ? this.#current.talk : null;
  }

  act(): void {
    const { atMs } = this.#around.journal;
    if (this.#current === null) {
      if (!this.#left && !this.#denied && atMs >= this.#retryAtMs) this.#connect();
      return;
    }
    const { talk, carrier } = this.#current;
    carrier.session = talk.session;
    // It does not believe in a server of which it hears nothing.
    if (talk.heartbeatMs !== null && atMs - this.#heardAtMs > talk.heartbeatMs + 10_000) return carrier.wire.leave();
    if (talk.connected) {
      this.#resubscribe(talk, atMs);
      for (const due of this.#attending.due(talk, atMs)) this.#enter(...due);
    }
    if (talk.speakWithinMs !== null && atMs - this.#spokeAtMs >= talk.speakWithinMs / 2) this.ask('ping');
    carrier.act();
  }

  hope(): void {
    this.#denied = false;
  }

  seek(channel: string, where: Where): void {
    this.#places.seek(channel, where);
  }

  leave(): void {
    this.#left = true;
  }

  /** Follows a channel from somewhere. One that is followed already is refused, as it should be. */
  subscribe(channel: string, where: Where): void {
    this.#places.seek(channel, where);
    this.#wants.set(channel, 0);
    if (this.talk !== null) this.#subscribe(channel);
  }

  unsubscribe(channel: string): void {
    this.#wants.delete(channel);
    if (this.#current?.talk.connected === true) this.#say({ type: 'unsubscribe', channel }, { channel });
  }

  /** Becomes a member, or shows something else. */
  enter(channel: string, state: number): void {
    this.#attending.enter(channel, state);
    if (this.#current !== null) this.#enter(channel, state);
  }

  /** Is a member no more. */
  exit(channel: string): void {
    this.#attending.leave(channel);
    this.#around.wantsToLeave(this.user, channel);
    if (this.#current !== null) this.#say({ type: 'leave', channel }, { channel });
  }

  /** Closes its connection in good order, and stays away until there is hope. */
  quit(): void {
    if (this.kind !== 'websocket' || this.#current === null) return;
    this.#denied = true;
    this.#current.carrier.wire.quit();
  }

  /** The place that it has come to. */
  placeIn(channel: string): Position | null {
    return this.#places.at(channel);
  }

  publish(wish: Wish): void {
    this.#around.wish(wish);
    this.#wishes.add(wish);
    if (this.#current !== null) this.#publish(wish);
  }

  /** Repeats a publication that may have been answered. */
  repeat(index: number): void {
    const wishes = [...this.#wishes].filter(({ key }) => key !== null);
    const wish = wishes[index % Math.max(1, wishes.length)];
    if (wish !== undefined && this.#current !== null) this.#publish(wish);
  }

  history(channel: string, where: Where, limit: number): void {
    if (this.#current === null) return;
    const begin: Start = where.type === 'resume' ? this.#places.start(channel) : made(where);
    // A page without a place is of the newest.
    const start: Start = begin.type === 'live' ? { type: 'last', count: limit } : begin;
    const asked: Asked = { type: 'history', channel, start, asked: this.#around.journal.moment(), limit };
    this.#say(asked, { channel, ...startFields(begin), limit });
  }

  ask(type: 'ping' | 'refresh' | 'send' | 'members', channel = ''): void {
    if (this.#current === null) return;
    if (type === 'members') return this.#say({ type, channel, asked: this.#around.journal.moment() }, { channel });
    if (type === 'send') this.#say({ type }, { channel, event: 'asked', data: 1 });
    else if (type === 'ping') this.#say({ type }, {});
    else this.#say({ type, asked: this.#around.journal.moment() }, { token: this.user });
  }

  fault(): string | null {
    if (this.#left || this.#denied) return null;
    if (this.#current?.talk.connected !== true) return 'is not connected';
    const { talk } = this.#current;
    for (const [id, { type }] of talk.pending) return `frame ${id}, ${type}, was never answered`;
    for (const channel of this.#wants.keys())
      if (!talk.subscribed.has(channel)) return `is not subscribed to ${channel}`;
    return this.#attending.fault(talk);
  }

  #connect(): void {
    const { journal, record } = this.#around;
    const firsts = new Map([...this.#wants.keys()].map((channel) => [channel, this.#first(channel)]));
    const talk = new Talk(firsts, {
      // What comes late of a session that it has given up is not looked at.
      views: () => (this.#current?.talk === talk ? this.views : null),
      came: (channel, at) => this.#places.came(channel, at),
      refused: (channel, error) => this.#refused(channel, error),
      outside: (channel, error) => this.#attending.refused(channel, error, journal.atMs),
      bye: ({ code }) => {
        // Who was thrown out waits for a sign; who has only an old token gets another one.
        this.#denied ||= code === 'disconnected';
      },
      fail: (why) => journal.fail(`${this.user}: ${why}`),
    });
    const opened = journal.moment();
    const carried: Carried = {
      heard: () => {
        this.#heardAtMs = journal.atMs;
      },
      lines: (text, earliest, written) => talk.hear(text, { earliest, written }),
      lost: (code, retryable) => this.#lost(talk, code, retryable),
      fail: (why) => journal.fail(`${this.user}: ${why}`),
    };
    const carrier = this.#carrier(talk, carried, opened);
    const { wire } = carrier;
    const slow = (): boolean => this.kind === 'long-poll' || wire.wasSlow;
    const transcript: Transcript = { ...transcriptOf(wire, this.user, opened), slow };
    talk.transcript = transcript;
    this.#current = { talk, carrier, transcript };
    this.#spokeAtMs = journal.atMs;
    this.#heardAtMs = journal.atMs;
    record(transcript);
    for (const wish of this.#wishes) if (unanswered(wish)) this.#publish(wish);
    for (const due of this.#attending.due(talk, Number.POSITIVE_INFINITY)) this.#enter(...due);
  }

  #carrier(talk: Talk, carried: Carried, opened: Moment): Carrier & { readonly wire: Wire } {
    const opening = { user: this.user, line: talk.connect(this.#plan.token, this.#plan.client), at: opened };
    return new carriers[this.kind](this.#around.network, opening, carried);
  }

  #lost(talk: Talk, code: string | null, retryable: boolean): void {
    if (this.#current?.talk !== talk) return;
    this.#around.journal.note(() => `  ${this.user} has lost its session${code === null ? '' : `: ${code}`}`);
    const { transcript, carrier } = this.#current;
    transcript.open = false;
    this.#current = null;
    if (this.#plan.tidy) carrier.drop();
    this.#denied ||= !retryable;
    this.#retryAtMs = this.#around.journal.atMs + retryMs;
  }

  #resubscribe(talk: Talk, atMs: number): void {
    for (const [channel, fromMs] of this.#wants) if (atMs >= fromMs && !talk.has(channel)) this.#subscribe(channel);
  }

  #subscribe(channel: string): void {
    const first = this.#first(channel);
    this.#say({ type: 'subscribe', channel, ...first }, { channel, ...firstFields(first) });
  }

  #first(channel: string): First {
    // As long as something may still come from before, its view is not the one to go on from.
    const from = this.#current?.talk.has(channel) === true ? true : this.views.start(channel);
    return { start: this.#places.start(channel), presence: this.#plan.watches ? from : null };
  }

  #enter(channel: string, state: number): void {
    this.#say({ type: 'enter', channel, state }, { channel, state });
  }

  #publish(wish: Wish): void {
    const { channel, key } = wish;
    // Without a key it is sent once: a repetition would be another publication.
    if (key === null && wish.attempts.length > 0) return;
    this.#say({ type: 'publish', wish }, { channel, ...wishFields(wish) });
  }

  #say(asked: Asked, fields: object): void {
    if (this.#current === null) return;
    const { talk, carrier } = this.#current;
    this.#spokeAtMs = this.#around.journal.atMs;
    const line = talk.ask(asked, fields);
    this.#around.journal.note(() => `  ${this.user} says ${line.trim()}`);
    carrier.send(line);
  }

  #refused(channel: string, { retryable }: ErrorBody): void {
    if (!this.#wants.has(channel)) return;
    if (retryable) this.#wants.set(channel, this.#around.journal.atMs + retryMs);
    else this.#wants.delete(channel);
  }
}

function unanswered({ answers, refusals, key }: Wish): boolean {
  return key !== null && answers.length === 0 && refusals.every(({ retryable }) => retryable);
}

function made(where: Exclude<Where, { readonly type: 'resume' }>): Start {
  if (where.type === 'beyond' || where.type === 'forged') {
    return { type: 'after', position: { epoch: 'forged', offset: 0 } };
  }
  return where;
}
