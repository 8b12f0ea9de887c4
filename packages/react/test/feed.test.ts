import type { ChannelStatus, Gap, History, HistoryQuery, Loaded, Publication } from '@rt/client';
import { RtError } from '@rt/client';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FeedPlan } from '../src/feed.ts';
import { feedOf } from '../src/feed.ts';

/** A channel whose log, delivery and answers come when the test says so. */
class FakeChannel {
  readonly #handlers = new Set<(publication: Publication) => void>();
  readonly #gaps = new Set<(gap: Gap) => void>();
  readonly #listeners = new Set<() => void>();
  /** Questions that were answered by the server, and whose answers are on their way. */
  readonly #answers: (() => void)[] = [];
  #epoch = 'a';
  #log: number[] = [];
  #floor = 0;
  #delivered = 0;
  #live = false;
  trimmed = false;
  refuses: RtError | null = null;

  get position(): string | null {
    return this.#live ? `${this.#epoch}.${this.#delivered}` : null;
  }

  get log(): readonly number[] {
    return this.#log.slice(this.#floor);
  }

  getSnapshot(): ChannelStatus {
    return { state: this.#live ? 'live' : 'pending' };
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onAny(handler: (publication: Publication) => void): () => void {
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  onGap(handler: (gap: Gap) => void): () => void {
    this.#gaps.add(handler);
    return () => this.#gaps.delete(handler);
  }

  goLive(): void {
    if (this.#live) return;
    this.#live = true;
    this.#delivered = this.#log.length;
    for (const listener of this.#listeners) listener();
  }

  publish(number: number): void {
    this.#log.push(number);
  }

  /** Tells so many of those that were not told. */
  deliver(count: number): void {
    for (let n = 0; n < count && this.#live && this.#delivered < this.#log.length; n += 1) {
      this.#delivered += 1;
      const data = this.#log[this.#delivered - 1];
      const publication = { event: 'said', data, position: `${this.#epoch}.${this.#delivered}` };
      for (const handler of this.#handlers) handler(publication);
    }
  }

  /** What is not the newest is no longer kept. */
  trim(): void {
    this.#floor = Math.max(this.#floor, Math.min(this.#delivered, this.#log.length - 1));
    this.trimmed = true;
  }

  /** The log is lost, and begins anew. */
  lose(): void {
    const after = `${this.#epoch}.${this.#delivered}`;
    this.#epoch = `${this.#epoch}a`;
    this.#log = [];
    this.#floor = 0;
    this.#delivered = 0;
    if (!this.#live) return;
    const gap: Gap = { reason: 'epoch_changed', after, position: `${this.#epoch}.0` };
    for (const handler of this.#gaps) handler(gap);
  }

  /** The server reads now; the answer comes with `answer`. */
  history(query: HistoryQuery): Promise<History<Publication>> {
    return this.#later(() => {
      if (this.refuses !== null) throw this.refuses;
      return this.#page(query);
    });
  }

  load(): Promise<Loaded<readonly number[]>> {
    return this.#later(() => ({ state: this.log, position: `${this.#epoch}.${this.#log.length}` }));
  }

  async answer(): Promise<void> {
    this.#answers.shift()?.();
    await turns();
  }

  #later<Answer>(read: () => Answer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      let answer: () => void;
      try {
        const answered = read();
        answer = () => resolve(answered);
      } catch (error) {
        answer = () => reject(error as Error);
      }
      this.#answers.push(answer);
    });
  }

  #page({ after, last }: HistoryQuery): History<Publication> {
    const top = this.#log.length;
    const [epoch, offset] = (after ?? 'start').split('.');
    const isKnown = epoch === this.#epoch && Number(offset) >= this.#floor;
    let from = isKnown ? Number(offset) : this.#floor;
    if (last !== undefined) from = Math.max(this.#floor, top - last);
    const to = Math.min(top, from + 3);
    const gap: Gap | null =
      after === undefined || after === 'start' || isKnown
        ? null
        : { reason: 'epoch_changed', after, position: `${this.#epoch}.${from}` };
    return {
      position: `${this.#epoch}.${to}`,
      floor: `${this.#epoch}.${this.#floor}`,
      publications: this.#log.slice(from, to).map((data, index) => ({
        event: 'said',
        data,
        position: `${this.#epoch}.${from + index + 1}`,
      })),
      gap,
    };
  }
}

/** Lets what was promised be taken. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

const step = fc.oneof(
  { weight: 6, arbitrary: fc.constant('publish' as const) },
  { weight: 5, arbitrary: fc.constant('deliver' as const) },
  { weight: 6, arbitrary: fc.constant('answer' as const) },
  { weight: 2, arbitrary: fc.constant('live' as const) },
  { weight: 1, arbitrary: fc.constant('lose' as const) },
  { weight: 1, arbitrary: fc.constant('trim' as const) },
  { weight: 2, arbitrary: fc.constant('hide' as const) },
  { weight: 3, arbitrary: fc.constant('turns' as const) },
);

const list = (numbers: readonly number[], { data }: Publication): readonly number[] => [...numbers, Number(data)];

// RT-REACT-1
test.each([
  ['from the start', (): Partial<FeedPlan<readonly number[]>> => ({ from: 'start' })],
  ['from the newest', (): Partial<FeedPlan<readonly number[]>> => ({ from: { last: 1000 } })],
  [
    'from what is loaded',
    (channel: FakeChannel): Partial<FeedPlan<readonly number[]>> => ({ load: () => channel.load() }),
  ],
])('%s: whatever comes when, everything is in it once and in order', async (_name, planOf) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), fc.boolean(), async (steps, trims) => {
      const channel = new FakeChannel();
      const plan = { initial: [], reduce: list, from: 'now', load: undefined, ...planOf(channel) } as const;
      const feed = feedOf<readonly number[]>(channel, () => plan);
      let stop = feed.subscribe(() => {});
      let number = 0;
      let hidden = false;
      for (const one of steps) {
        if (one === 'publish') channel.publish((number += 1));
        else if (one === 'deliver') channel.deliver(2);
        else if (one === 'answer') await channel.answer();
        else if (one === 'live') channel.goLive();
        else if (one === 'lose') {
          channel.lose();
          // What is of two logs is not in a row.
          number += 10;
        } else if (one === 'trim' && trims) channel.trim();
        else if (one === 'hide') {
          stop();
          hidden = !hidden;
          stop = hidden ? () => {} : feed.subscribe(() => {});
        } else await turns();
        const shown = feed.getSnapshot();
        expect(shown).toEqual(shown.map((_, index) => Number(shown[0]) + index));
      }
      if (hidden) stop = feed.subscribe(() => {});
      channel.goLive();
      channel.deliver(1000);
      await turns();
      for (let rest = 0; rest < 60; rest += 1) await channel.answer();
      const shown = feed.getSnapshot();
      expect(shown).toEqual(shown.map((_, index) => Number(shown[0]) + index));
      // What was told may have been trimmed since.
      expect(channel.trimmed ? shown.slice(-channel.log.length || shown.length) : shown).toEqual(channel.log);
      stop();
    }),
    { numRuns: 500 },
  );
});

test('from now on: what was told since is in it, once and in order', async () => {
  const channel = new FakeChannel();
  const plan = { initial: [], reduce: list, from: 'now', load: undefined } as const;
  const feed = feedOf<readonly number[]>(channel, () => plan);
  channel.publish(1);
  const stop = feed.subscribe(() => {});
  channel.goLive();
  channel.publish(2);
  channel.deliver(1);
  expect(feed.getSnapshot()).toEqual([]);
  await turns();
  channel.publish(3);
  channel.deliver(1);
  expect(feed.getSnapshot()).toEqual([2, 3]);
  // One that is put aside comes back to its place.
  stop();
  channel.publish(4);
  channel.deliver(1);
  feed.subscribe(() => {});
  await turns();
  await channel.answer();
  expect(feed.getSnapshot()).toEqual([2, 3, 4]);
});

test('whoever may not read what was before begins now', async () => {
  const channel = new FakeChannel();
  channel.publish(1);
  channel.goLive();
  channel.refuses = new RtError('history_denied', 'no');
  const plan = { initial: [], reduce: list, from: 'start', load: undefined } as const;
  const feed = feedOf<readonly number[]>(channel, () => plan);
  feed.subscribe(() => {});
  await turns();
  channel.publish(2);
  channel.deliver(1);
  await channel.answer();
  expect(feed.getSnapshot()).toEqual([2]);
});
