import type { ErrorBody, ServerFrame } from '@rt/protocol';
import { within } from './deadline.ts';

/** A frame of the server by its type. */
export type FrameOf<Type extends ServerFrame['type']> = Extract<ServerFrame, { readonly type: Type }>;

/** How a session ended, as its client saw it. */
export interface SessionEnd {
  /** The last frame, if the server has said goodbye. */
  readonly bye: FrameOf<'bye'> | null;
  /** The close code of a WebSocket that was closed in order. */
  readonly closeCode: number | null;
}

/** What opens a session over some transport, in bytes. */
export interface SessionRequest {
  readonly port: number;
  /** @default '/rt' */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What is sent first. @default { type: 'connect', id: 1 } */
  readonly connect?: Readonly<Record<string, unknown>>;
}

/** A session, or why there is none: the error of an HTTP answer, or of the goodbye over a WebSocket. */
export type Opened =
  | { readonly type: 'open'; readonly client: SessionClient }
  | {
      readonly type: 'refused';
      readonly error: ErrorBody;
      readonly status: number | null;
      readonly closeCode: number | null;
    };

/** Opens a session over one transport. */
export type OpenSession = (request: SessionRequest) => Promise<Opened>;

/** The other end of a session, in bytes: it keeps what it is told and does nothing by itself. */
export interface SessionClient {
  /** The frames that came, in their order. */
  readonly frames: readonly ServerFrame[];
  /** Sends frames, all in one text. */
  send(...frames: readonly Readonly<Record<string, unknown>>[]): void;
  sendText(text: string): void;
  /** The next frame of a type that fits; frames before it are skipped. Fails after ten seconds, or at the end. */
  next<Type extends ServerFrame['type']>(type: Type, fits?: (frame: FrameOf<Type>) => boolean): Promise<FrameOf<Type>>;
  /** Sends one frame with the next id, and returns what answers it. */
  ask(frame: Readonly<Record<string, unknown>>): Promise<ServerFrame>;
  /** Resolves when the session is over. */
  ended(): Promise<SessionEnd>;
  /** Stops reading; what the server sends piles up on its way. */
  pause(): void;
  resume(): void;
  /** Breaks the connection without a word. */
  cut(): void;
}

/** What all transports have in common: frames that come, and those who wait for them. */
export abstract class QueuedClient implements SessionClient {
  readonly frames: ServerFrame[] = [];
  #read = 0;
  #lastId = 1;
  #end: SessionEnd | null = null;
  #waiting: (() => void)[] = [];

  abstract sendText(text: string): void;
  abstract pause(): void;
  abstract resume(): void;
  abstract cut(): void;

  send(...frames: readonly Readonly<Record<string, unknown>>[]): void {
    for (const { id } of frames) if (typeof id === 'number') this.#lastId = Math.max(this.#lastId, id);
    this.sendText(frames.map((frame) => JSON.stringify(frame)).join('\n'));
  }

  async next<Type extends ServerFrame['type']>(
    type: Type,
    fits: (frame: FrameOf<Type>) => boolean = () => true,
  ): Promise<FrameOf<Type>> {
    const isWanted = (frame: ServerFrame): frame is FrameOf<Type> =>
      frame.type === type && fits(frame as FrameOf<Type>);
    return this.#wait(`a frame of type ${type}`, () => {
      while (this.#read < this.frames.length) {
        const frame = this.frames[this.#read];
        this.#read += 1;
        if (frame !== undefined && isWanted(frame)) return frame;
      }
      return undefined;
    });
  }

  async ask(frame: Readonly<Record<string, unknown>>): Promise<ServerFrame> {
    const id = typeof frame['id'] === 'number' ? frame['id'] : this.#lastId + 1;
    this.send({ ...frame, id });
    return this.#wait(`the answer to ${JSON.stringify(frame)}`, () =>
      this.frames.find((candidate) => 'id' in candidate && candidate.id === id),
    );
  }

  async ended(): Promise<SessionEnd> {
    return this.#wait('the end of the session', () => this.#end ?? undefined, true);
  }

  /** Takes lines of frames. */
  protected take(lines: string): void {
    for (const line of lines.split('\n')) if (line !== '') this.frames.push(JSON.parse(line) as ServerFrame);
    this.#wake();
  }

  protected over(closeCode: number | null): void {
    const last = this.frames.at(-1);
    this.#end ??= { bye: last?.type === 'bye' ? last : null, closeCode };
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async #wait<Result>(what: string, look: () => Result | undefined, afterEnd = false): Promise<Result> {
    for (;;) {
      const result = look();
      if (result !== undefined) return result;
      if (this.#end !== null && !afterEnd) throw new Error(`the session ended before ${what} came: ${this.#last()}`);
      await within(`${what}; last came ${this.#last()}`, new Promise<void>((wake) => this.#waiting.push(wake)));
    }
  }

  #last(): string {
    return JSON.stringify(this.frames.slice(-3)).slice(0, 1_000);
  }
}

/** What opens a session, as its line. */
export function connectLine({ connect = { type: 'connect', id: 1 } }: SessionRequest): string {
  return JSON.stringify(connect);
}
