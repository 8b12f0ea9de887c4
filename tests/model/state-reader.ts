import type { RequestHub } from '@rt/core';
import type { GapBody, PagePublicationBody, ServerFrame, SseItem } from '@rt/protocol';
import type { VirtualClock } from '@rt/testkit';
import { expect } from 'vitest';
import { settle } from '../support/settle.ts';
import { SimulatedPeer } from '../support/simulated-peer.ts';
import { SimulatedSession } from '../support/simulated-session.ts';
import type { Way } from './state-schedule.ts';
import type { StateView } from './state-view.ts';

/** What readers are given to read. */
export interface StateGround {
  readonly hub: RequestHub;
  readonly clock: VirtualClock;
  readonly channel: string;
}

/** Somebody who follows a state, comes and goes, and keeps what they know. */
export interface StateReader {
  readonly view: StateView;
  /** Takes in what has come. */
  look(): void;
  stop(): void;
  read(): void;
  leave(): void;
  /** Goes on from where it is, if it is away. */
  come(): Promise<void>;
  /** Reads one page, if it reads pages. */
  page(limit: number): Promise<void>;
}

/** Creates a reader who is not there yet. */
export function stateReader(way: Way, ground: StateGround, view: StateView): StateReader {
  if (way === 'stream') return new StreamReader(ground, view);
  return way === 'session' ? new SessionReader(ground, view) : new PageReader(ground, view);
}

class StreamReader implements StateReader {
  readonly view: StateView;
  readonly #ground: StateGround;
  #peer: SimulatedPeer | null = null;
  #seen = 0;

  constructor(ground: StateGround, view: StateView) {
    this.#ground = ground;
    this.view = view;
  }

  look(): void {
    const items = this.#peer?.items.slice(this.#seen) ?? [];
    this.#seen += items.length;
    for (const item of items) this.#took(item);
  }

  stop(): void {
    this.#peer?.stop();
  }

  read(): void {
    this.#peer?.read();
  }

  leave(): void {
    this.look();
    this.#peer?.leave();
    this.#peer = null;
  }

  async come(): Promise<void> {
    if (this.#peer !== null) return;
    this.#peer = new SimulatedPeer(`channel=${this.#ground.channel}&after=${this.view.after}`);
    this.#seen = 0;
    await this.#ground.hub.handle(this.#peer, () => null);
  }

  async page(): Promise<void> {}

  #took(item: SseItem): void {
    if (item.type === 'id') return this.view.position(item.id);
    if (item.type !== 'event' || item.event === 'rt.bye') return;
    const data = JSON.parse(item.data) as unknown;
    if (item.event === 'rt.gap') this.view.gap(data as GapBody);
    else this.view.publication(Number(item.id.split('.')[1]), item.event, data);
  }
}

class SessionReader implements StateReader {
  readonly view: StateView;
  readonly #ground: StateGround;
  #session: SimulatedSession | null = null;
  #seen = 0;

  constructor(ground: StateGround, view: StateView) {
    this.#ground = ground;
    this.view = view;
  }

  look(): void {
    const frames = this.#session?.frames.slice(this.#seen) ?? [];
    this.#seen += frames.length;
    for (const frame of frames) this.#took(frame);
  }

  stop(): void {
    this.#session?.stop();
  }

  read(): void {
    this.#session?.read();
  }

  leave(): void {
    this.look();
    this.#session?.cut();
    this.#session = null;
  }

  async come(): Promise<void> {
    if (this.#session !== null) return;
    const { hub, clock, channel } = this.#ground;
    const subscriptions = [{ channel, after: this.view.after }];
    this.#session = await SimulatedSession.open(hub, null, { subscriptions });
    this.#seen = 0;
    await settle(clock);
  }

  async page(): Promise<void> {}

  #took(frame: ServerFrame): void {
    if (frame.type === 'subscribed') {
      expect(frame.conflated).toBe(true);
      if (frame.gap === undefined) this.view.position(frame.position);
      else this.view.gap(frame.gap);
    } else if (frame.type === 'gap') this.view.gap(frame);
    else if (frame.type === 'publications') {
      for (const { offset = 0, event, data } of frame.publications) this.view.publication(offset, event, data);
      this.view.position(frame.position);
    }
  }
}

interface Page {
  readonly position: string;
  readonly publications: readonly PagePublicationBody[];
  readonly gap?: GapBody;
}

class PageReader implements StateReader {
  readonly view: StateView;
  readonly #ground: StateGround;

  constructor(ground: StateGround, view: StateView) {
    this.#ground = ground;
    this.view = view;
  }

  stop(): void {}
  read(): void {}
  leave(): void {}
  look(): void {}

  /** Reads to the end. A page is not much: it is not sent back again and again. */
  async come(): Promise<void> {
    for (let pages = 0; pages < 20; pages += 1) await this.page(1);
  }

  async page(limit: number): Promise<void> {
    const query = `channel=${this.#ground.channel}&after=${this.view.after}&limit=${limit}`;
    const peer = new SimulatedPeer(query, { accept: 'application/json' });
    await this.#ground.hub.handle(peer, () => null);
    const { position, publications, gap } = JSON.parse(peer.body) as Page;
    if (gap !== undefined) this.view.gap(gap);
    for (const one of publications) this.view.publication(Number(one.position.split('.')[1]), one.event, one.data);
    this.view.position(position);
  }
}
