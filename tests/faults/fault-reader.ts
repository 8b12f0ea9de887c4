import type { Hub } from '@rt/core';
import { SimulatedPeer } from '../support/simulated-peer.ts';

/** What a reader was told: a number that was published, or why there is a gap. */
export type Told = number | string;

/** Somebody who reads a channel, and may go on from where it was at another node. */
export class FaultReader {
  readonly told: Told[] = [];
  readonly #channel: string;
  #peer: SimulatedPeer | null = null;
  #seen = 0;
  #lastId: string | null = null;

  constructor(channel: string) {
    this.#channel = channel;
  }

  /** Reads at this node from now on. Tries until it is let in. */
  async goTo(hub: Pick<Hub, 'handle'>): Promise<void> {
    this.leave();
    for (;;) {
      const from = this.#lastId === null ? {} : { 'last-event-id': this.#lastId };
      const peer = new SimulatedPeer(`channel=${this.#channel}`, { accept: 'text/event-stream', ...from });
      await hub.handle(peer, () => null);
      if (peer.head?.status === 200) {
        this.#peer = peer;
        this.#seen = 0;
        this.#take();
        peer.onWrite = () => queueMicrotask(() => this.#take());
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  leave(): void {
    this.#take();
    this.#peer?.leave();
    this.#peer = null;
  }

  #take(): void {
    const items = this.#peer?.items ?? [];
    for (; this.#seen < items.length; this.#seen += 1) {
      const item = items[this.#seen];
      if (item?.type !== 'event' && item?.type !== 'id') continue;
      this.#lastId = item.id;
      if (item.type !== 'event') continue;
      const data = JSON.parse(item.data) as number & { readonly reason?: string };
      this.told.push(item.event === 'rt.gap' ? (data.reason ?? 'no reason') : data);
    }
  }
}

/** What is wrong with what a reader was told, given what the log of record holds in the end. */
export interface Verdict {
  /** Numbers that are in the log of record and were not told, with no gap that would say so. */
  readonly losses: number;
  /** Numbers that were told twice, with no gap in between. */
  readonly duplicates: number;
  /** Why gaps were told. */
  readonly gaps: readonly string[];
}

/** Numbers are published in their order, so that what leads on is one more; only a log that lost some skips them. */
export function verdictOf(told: readonly Told[], record: readonly number[]): Verdict {
  const gaps = told.filter((one) => typeof one === 'string');
  const parts: number[][] = [[]];
  for (const one of told) {
    if (typeof one === 'string') parts.push([]);
    else parts.at(-1)?.push(one);
  }
  const last = parts.pop() ?? [];
  const from = last.length === 0 ? record.length : record.indexOf(last[0] ?? -1);
  const due = from < 0 ? record : record.slice(from);
  // Without a gap all that there is was due, from the beginning.
  const missing = gaps.length === 0 ? record : due;
  const inOrder = [...parts, last].map((part) => new Set(part).size === part.length && isRising(part));
  const holes = parts.flatMap((part) => part.slice(1).filter((one, at) => one !== (part[at] ?? 0) + 1));
  return {
    losses:
      missing.filter((one) => !last.includes(one)).length +
      holes.length +
      last.filter((one) => !record.includes(one)).length,
    duplicates: inOrder.filter((is) => !is).length,
    gaps,
  };
}

function isRising(part: readonly number[]): boolean {
  return part.every((one, at) => at === 0 || one > (part[at - 1] ?? 0));
}
