import type { Attendant, Clock, PresenceSink } from '@rt/core';
import type { OwnRow } from './own-rows.ts';
import { OwnRows } from './own-rows.ts';
import type { Answer, CallOptions } from './partition-calls.ts';
import { PartitionCalls } from './partition-calls.ts';
import { maxSteps, StepQueue } from './step-queue.ts';
import { steps } from './steps-script.ts';
import { Telling } from './telling.ts';
import { retire } from './telling-scripts.ts';
import { tend } from './tend-script.ts';

/** What a partition is made of. */
export interface PartitionOptions extends CallOptions {
  readonly clock: Clock;
  readonly sink: PresenceSink;
  /** The pub/sub channel in which it is said that there are changes to be told. */
  readonly told: string;
  /** Resolves when there is a connection, or none was to be had. */
  readonly ready: Promise<void>;
}

/** How many leave by one script. */
const slice = '100';
/** Nearer than this, the next who leaves is waited for. */
const nearMs = 100;

/**
 * The places of one partition, for one node. A node whose lease has run out, or that cannot know what is kept, begins anew
 * under another name: it says again who is there by it, and what was there under the old name and is not said again leaves.
 */
export class Partition {
  readonly #options: PartitionOptions;
  readonly #calls: PartitionCalls;
  readonly #telling: Telling;
  readonly #rows = new OwnRows();
  readonly #queue: StepQueue;
  readonly #timers = new Set<() => void>();
  #isLost = false;
  /** The names that it had before, as long as they are not given up. */
  #former: string[] = [];
  #tending = false;
  #tendAgain = false;
  #listens = false;
  #hears = false;
  /** Whether this node is the one that tells, as far as it knows. */
  #tells = false;
  /** Whether there was something to tell, and it did not know whether it is the one. */
  #wasWoken = false;
  #closed = false;

  constructor(options: PartitionOptions) {
    this.#options = options;
    this.#calls = new PartitionCalls(options);
    this.#telling = new Telling(this.#calls, options.sink);
    this.#queue = new StepQueue({
      calls: this.#calls,
      ready: options.ready,
      begin: () => this.#restore(),
      troubled: (cause) => options.sink.troubled(cause),
    });
  }

  async enter(place: string, attendant: Attendant, state: string): Promise<void> {
    const takeBack = this.#rows.enter(place, attendant, state);
    try {
      await this.#queue.do(['enter', ...names(place, attendant), state, '']);
    } catch (cause) {
      // Nobody would try again for the hub itself.
      if (!place.startsWith('rt.')) takeBack();
      throw cause;
    }
  }

  async leave(place: string, attendant: Attendant, afterMs: number): Promise<void> {
    const { clock } = this.#options;
    const row = this.#rows.leave(place, attendant, clock.now() + afterMs);
    if (afterMs > 0) this.#after(afterMs, () => this.tend());
    await this.#queue.do(['leave', ...names(place, attendant), '', String(Math.ceil(afterMs))]);
    if (row !== null && afterMs === 0) this.#rows.forget(row);
  }

  async expel(user: string, place: string | null): Promise<void> {
    const rows = this.#rows.of(user, place);
    const kind = place === null ? 'expel everywhere' : 'expel';
    await this.#queue.do([kind, ...names(place ?? '', { user, client: '', holder: '' }), '', '']);
    for (const row of rows) this.#rows.forget(row);
  }

  async listen(): Promise<void> {
    this.#listens = true;
    await this.#queue.do(['listen', ...names('', { user: '', client: '', holder: '' }), '', '']);
    await this.#hear();
    this.tend();
  }

  /** Takes what was said of changes to be told. */
  wake(text: string): void {
    if (text !== '') this.tend();
    else if (this.#tells) this.#telling.wake();
    else this.#wasWoken = true;
  }

  /** What is kept may not be what it was. */
  beginAnew(): void {
    this.#queue.beginAnew();
  }

  /** Begins to keep the lease. */
  open(): void {
    this.#queue.start();
    const next = (): void => {
      this.tend();
      this.#after((this.#options.leaseMs / 3) * (0.9 + 0.2 * Math.random()), next);
    };
    next();
  }

  /** Keeps the lease, and lets go of those whose time has come. */
  tend(): void {
    if (this.#closed) return;
    if (this.#queue.mustBegin) this.#queue.start();
    else if (this.#tending) this.#tendAgain = true;
    else void this.#tend();
  }

  /** Does what was asked for. Who is left behind leaves when the lease ends. */
  async close(): Promise<void> {
    this.#closed = true;
    const taken = this.#telling.close();
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    await this.#queue.finish();
    const upTo = await taken;
    if (this.#calls.birth !== '') await this.#calls.call(retire, [String(upTo)]);
    this.#rows.clear();
  }

  /** Whether all is there again. */
  async #restore(): Promise<boolean> {
    const calls = this.#calls;
    const before = calls.rename();
    if (calls.birth !== '') this.#former.push(before);
    const former = this.#former.join(' ');
    const { birth } = await calls.call(tend, ['begin', flag(this.#listens), slice, former]);
    if (calls.birth !== '' && calls.birth !== birth) this.#isLost = true;
    // What was still to be told is gone with all else: how much that was nobody knows.
    if (this.#tells && incarnation(calls.birth) !== incarnation(birth)) this.#options.sink.missed(1);
    calls.birth = birth;
    const startedMs = this.#options.clock.now();
    const rows = this.#rows.all;
    for (let at = 0; at < rows.length; at += maxSteps) {
      if (!(await this.#restoreSome(rows.slice(at, at + maxSteps)))) return false;
    }
    const answer = await calls.call(tend, ['tend', flag(this.#listens), slice, former]);
    if (answer.word !== 'tended') return false;
    this.#rows.forgetLeft(startedMs);
    this.#former = [];
    this.#isLost = false;
    this.#tended(answer);
    return true;
  }

  async #restoreSome(rows: readonly OwnRow[]): Promise<boolean> {
    const nowMs = this.#options.clock.now();
    const kind = this.#isLost ? 'restore lost' : 'restore';
    const { word, rest } = await this.#calls.call(
      steps,
      rows.flatMap(({ place, attendant, state, leavesAtMs }) => {
        const afterMs = leavesAtMs === null ? '' : String(Math.max(0, Math.ceil(leavesAtMs - nowMs)));
        return [kind, ...names(place, attendant), state, afterMs];
      }),
    );
    if (word !== 'done') return false;
    const overtaken = new Set(rest[0] as readonly number[]);
    for (const [at, row] of rows.entries()) if (overtaken.has(at)) this.#rows.forget(row);
    return true;
  }

  async #tend(): Promise<void> {
    this.#tending = true;
    try {
      do {
        this.#tendAgain = false;
        const { node } = this.#calls;
        const nowMs = this.#options.clock.now();
        const answer = await this.#calls.call(tend, ['tend', flag(this.#listens), slice, '']);
        if (answer.word === 'tended') {
          this.#rows.forgetLeft(nowMs);
          this.#tended(answer);
        } else if (node === this.#calls.node) this.beginAnew();
        if (this.#listens && !this.#hears) await this.#hear();
      } while (this.#tendsAgain());
    } catch (cause) {
      this.#options.sink.troubled(cause);
    }
    this.#tending = false;
  }

  #tended({ rest }: Answer): void {
    const [more, dueInMs, tells, waiting] = rest as readonly [number, number, number, number];
    if (more === 1) this.#tendAgain = true;
    if (dueInMs >= 0 && dueInMs < nearMs) this.#after(dueInMs, () => this.tend());
    this.#tells = tells === 1;
    if (this.#tells && (waiting > 0 || this.#wasWoken)) this.#telling.wake();
    this.#wasWoken = false;
  }

  #tendsAgain(): boolean {
    return this.#tendAgain && !this.#closed && !this.#queue.mustBegin;
  }

  async #hear(): Promise<void> {
    const { driver, told } = this.#options;
    await driver.subscribe(told);
    this.#hears = true;
  }

  #after(ms: number, run: () => void): void {
    if (this.#closed) return;
    const cancel = this.#options.clock.timer(ms, () => {
      this.#timers.delete(cancel);
      run();
    });
    this.#timers.add(cancel);
  }
}

function names(place: string, { user, client, holder }: Attendant): readonly string[] {
  return [place, user, JSON.stringify(user), client, holder];
}

/** A birth without the branch of the server's history. */
function incarnation(birth: string): string {
  return birth.slice(0, birth.indexOf('@'));
}

function flag(is: boolean): string {
  return is ? '1' : '0';
}
