import type { TransportName } from '@rt/client';
import { within } from '@rt/testkit';

/** What a transport has called, in its order, with what must not be where it is. */
export type Told =
  /** `open` has returned. */
  | { readonly type: 'returned' }
  | { readonly type: 'alive' }
  | { readonly type: 'lines'; readonly text: string }
  | { readonly type: 'ended'; readonly end: 'lost' | 'unfit' }
  | {
      readonly type: 'ended';
      readonly end: 'refused';
      readonly code: string;
      readonly retryable: boolean;
      readonly retryInMs: number | null;
    }
  /** It has set a timer or made a request. Counts only after its end. */
  | { readonly type: 'asked'; readonly what: 'timer' | 'fetch' }
  | { readonly type: 'threw'; readonly message: string };

/** How a pipe is opened in some runtime. */
export interface Opening {
  readonly transport: TransportName;
  readonly url: string;
  readonly hello: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How many times as fast as the real one its clock runs. */
  readonly speed: number;
  /** What the platform's WebSocket is; `throws` is one whose constructor does. */
  readonly webSocket: 'real' | 'none' | 'throws';
  /** Whether it is closed in the turn in which it is opened, or when the first lines are told. */
  readonly closes: 'later' | 'opened' | 'told';
}

/** A pipe that is open in some runtime, by its number. */
export interface Pipes {
  open(pipe: number, opening: Opening): void;
  /** Sends each text by a call of its own, all in one turn. */
  send(pipe: number, texts: readonly string[]): void;
  named(pipe: number, session: string): void;
  last(pipe: number, text: string): void;
  close(pipe: number, inOrder: boolean): void;
  /** Resolves when a request to this URL has come back: whatever was on its way before has arrived. */
  turn(url: string): Promise<void>;
}

/** The same, called from outside of the runtime. */
export type Remote<Calls> = {
  readonly [Name in keyof Calls]: Calls[Name] extends (...values: infer Values) => unknown
    ? (...values: Values) => Promise<void>
    : never;
};

/** Where the transports run. */
export interface Runner {
  readonly pipes: Remote<Pipes>;
  /** Calls with what each pipe is told. */
  listen(listener: (pipe: number, told: Told) => void): void;
  close(): Promise<void>;
}

/** Creates a runner whose pages, if it has any, are of this origin. */
export type CreateRunner = (origin: string) => Promise<Runner>;

/** One pipe, as the test sees it. */
export class Run {
  readonly told: Told[] = [];
  readonly #number: number;
  readonly #pipes: Remote<Pipes>;
  #changed: () => void = () => {};

  constructor(number: number, pipes: Remote<Pipes>) {
    this.#number = number;
    this.#pipes = pipes;
  }

  take(told: Told): void {
    this.told.push(told);
    this.#changed();
  }

  async until(what: string, fits: () => boolean): Promise<void> {
    while (!fits()) {
      const change = new Promise<void>((resolve) => (this.#changed = resolve));
      const last = JSON.stringify(this.told.slice(-4)).slice(0, 500);
      await within(`${what}, after ${this.told.length} calls, ${last}`, change);
    }
  }

  count(type: Told['type']): number {
    return this.told.filter((told) => told.type === type).length;
  }

  /** The frames that came, each as its line. */
  get lines(): readonly string[] {
    return this.told
      .flatMap((told) => (told.type === 'lines' ? told.text.split('\n') : []))
      .filter((line) => line !== '');
  }

  /** The first lines, when there are so many. */
  async untilLines(count: number): Promise<readonly string[]> {
    await this.until(`${count} lines`, () => this.lines.length >= count);
    return this.lines;
  }

  async ended(): Promise<Extract<Told, { readonly type: 'ended' }>> {
    const find = (): Extract<Told, { readonly type: 'ended' }> | undefined =>
      this.told.find((told) => told.type === 'ended');
    await this.until('the end', () => find() !== undefined);
    const told = find();
    if (told === undefined) throw new Error('it has not ended');
    return told;
  }

  send(...texts: readonly string[]): Promise<void> {
    return this.#pipes.send(this.#number, texts);
  }

  named(session: string): Promise<void> {
    return this.#pipes.named(this.#number, session);
  }

  last(text: string): Promise<void> {
    return this.#pipes.last(this.#number, text);
  }

  close(inOrder = true): Promise<void> {
    return this.#pipes.close(this.#number, inOrder);
  }

  /** What breaks the seam's contract, if anything does. */
  faults(): readonly string[] {
    const kinds = this.told.map(({ type }) => type);
    const end = kinds.indexOf('ended');
    return [
      ...(kinds.find((kind) => kind !== 'asked') === 'returned' ? [] : ['it called back before open returned']),
      ...(kinds.filter((kind) => kind === 'ended').length > 1 ? ['it ended twice'] : []),
      ...(end === -1 ? [] : kinds.slice(end + 1).map((kind) => `${kind} after its end`)),
      ...this.told.flatMap((told) => (told.type === 'threw' ? [`it threw ${told.message}`] : [])),
    ];
  }
}
