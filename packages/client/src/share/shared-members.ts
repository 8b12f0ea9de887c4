import type { RtError, ServerFrame } from '@rt/protocol';
import type { SharedHost } from './shared-channel.ts';
import { tabOf } from './words.ts';

/** What one tab shows, and since when, in milliseconds of the wall clock. */
interface Shown {
  readonly pipe: string;
  readonly state: unknown;
  readonly atMs: number;
}

/** How long a tab that went without a word may take until it is back: as long as the server waits, by default. */
const graceMs = 10_000;

/**
 * The membership of tabs in a channel. To the server they are one client, which shows what the newest of them has
 * brought, and leaves when the last of them does.
 */
export class SharedMembers {
  readonly #channel: string;
  readonly #host: SharedHost;
  readonly #timer: (afterMs: number, run: () => void) => () => void;
  readonly #tabs = new Map<string, Shown>();
  #told: Shown | undefined;

  constructor(channel: string, host: SharedHost, timer: (afterMs: number, run: () => void) => () => void) {
    this.#channel = channel;
    this.#host = host;
    this.#timer = timer;
  }

  enter(shown: Shown, id: number): void {
    const { pipe } = shown;
    const channel = this.#channel;
    const tab = tabOf(pipe);
    const before = this.#tabs.get(tab);
    // Of two of the same moment the later one counts.
    this.#tabs.delete(tab);
    this.#tabs.set(tab, shown);
    const answered = (): void => this.#host.tell([pipe], { type: 'entered', id, channel });
    if (this.#newest() !== shown) return answered();
    this.#told = shown;
    const failed = (error: RtError): void => {
      if (this.#tabs.get(tab) === shown && before === undefined) this.#tabs.delete(tab);
      else if (before !== undefined) this.#tabs.set(tab, before);
      this.#host.tell([pipe], { type: 'error', id, error });
    };
    this.#host.ask({ type: 'enter', channel, state: shown.state }, answered, failed);
  }

  leave(pipe: string, id: number): void {
    const channel = this.#channel;
    this.#tabs.delete(tabOf(pipe));
    const answered = (): void => this.#host.tell([pipe], { type: 'left', id, channel });
    const failed = (error: RtError): void => this.#host.tell([pipe], { type: 'error', id, error });
    if (this.#tabs.size === 0) return this.#host.ask({ type: 'leave', channel }, answered, failed);
    answered();
    this.#follow();
  }

  /** A pipe is not there any more. In good order its tab will not be back. */
  gone(pipe: string, inOrder: boolean): void {
    const shown = this.#tabs.get(tabOf(pipe));
    if (shown?.pipe !== pipe) return;
    const drop = (): void => {
      if (this.#tabs.get(tabOf(pipe)) !== shown) return;
      this.#tabs.delete(tabOf(pipe));
      if (this.#tabs.size === 0) this.#host.ask({ type: 'leave', channel: this.#channel }, ignore, ignore);
      else this.#follow();
    };
    if (inOrder) drop();
    else this.#timer(graceMs, drop);
  }

  /** The server has ended it. */
  left(frame: ServerFrame): void {
    const pipes = [...this.#tabs.values()].map(({ pipe }) => pipe);
    this.#tabs.clear();
    this.#host.tell(pipes, { ...frame });
  }

  /** What is shown is of a tab that shows it no more: the newest of the others is. */
  #follow(): void {
    const newest = this.#newest();
    if (newest === undefined || newest === this.#told) return;
    this.#told = newest;
    this.#host.ask({ type: 'enter', channel: this.#channel, state: newest.state }, ignore, ignore);
  }

  #newest(): Shown | undefined {
    let newest: Shown | undefined;
    for (const shown of this.#tabs.values()) if (newest === undefined || shown.atMs >= newest.atMs) newest = shown;
    return newest;
  }
}

function ignore(): void {}
