import type { Channel, Client, ErrorCode, EventsOf } from '@rt/client';
import { GapError, RtError } from '@rt/client';
import type { Ending, TokenChannels } from '../channels.ts';
import type { Range } from './answer-drawing.ts';
import { TokenTrack } from './token-track.ts';

type ReplyChannel = Channel<EventsOf<TokenChannels, `reply:${string}`>>;

/** What is known of an answer. */
export type Phase =
  | 'loading'
  | 'writing'
  | Ending
  /** The server has no such answer. */
  | 'unknown'
  /** It had, and has it no more, or not all of it. */
  | 'lost';

export interface Reading {
  readonly replyId: string;
  readonly phase: Phase;
  readonly question: string;
  readonly sources: readonly string[];
  readonly text: string;
  readonly late: readonly Range[];
  readonly track: TokenTrack;
}

const expected: ReadonlySet<ErrorCode> = new Set(['connection_lost', 'subscribe_denied']);

/** Reads one answer from its start to its end, whenever that is. */
export class ReplyReader {
  readonly #channel: ReplyChannel;
  readonly #changed: () => void;
  readonly #track = new TokenTrack();
  readonly #replyId: string;
  #phase: Phase = 'loading';
  #question = '';
  #sources: readonly string[] = [];
  #text = '';
  #closed = false;

  constructor(client: Client<TokenChannels>, replyId: string, changed: () => void) {
    this.#replyId = replyId;
    this.#channel = client.channel(`reply:${replyId}`);
    this.#changed = changed;
    void this.#read();
    void this.caughtUp();
  }

  get reading(): Reading {
    return {
      replyId: this.#replyId,
      phase: this.#phase,
      question: this.#question,
      sources: this.#sources,
      text: this.#text,
      late: this.#track.late,
      track: this.#track,
    };
  }

  /** Ends it for everybody. */
  async stop(): Promise<void> {
    await this.#channel.send('stop', null);
  }

  /** The connection is gone: what comes after this was missed, until `caughtUp`. */
  away(): void {
    this.#track.away();
  }

  /** The connection is back: what is in the log by now, and has not been seen, was missed. */
  async caughtUp(): Promise<void> {
    try {
      const { position } = await this.#channel.history({ last: 1 });
      this.#track.back(position);
      this.#tell();
    } catch (error) {
      // The connection has gone again, and will be back; or there is no such answer, as reading it says.
      if (!(error instanceof RtError) || !expected.has(error.code)) throw error;
    }
  }

  close(): void {
    this.#closed = true;
  }

  async #read(): Promise<void> {
    try {
      for await (const publication of this.#channel.read({ from: 'start' })) {
        if (this.#closed) return;
        if (publication.event === 'asked') {
          this.#question = publication.data.question;
          this.#sources = publication.data.sources;
          this.#phase = 'writing';
        } else if (publication.event === 'token') {
          this.#text += publication.data;
        } else {
          this.#phase = publication.data.how;
        }
        this.#track.add(publication.position, publication.event === 'token' ? this.#text.length : null);
        this.#tell();
        if (publication.event === 'end') return;
      }
    } catch (error) {
      if (!(error instanceof RtError || error instanceof GapError)) throw error;
      this.#phase = this.#phase === 'loading' ? 'unknown' : 'lost';
      this.#tell();
    }
  }

  #tell(): void {
    if (!this.#closed) this.#changed();
  }
}
