import type { Carried, Carrier, Opening } from './carrier.ts';
import { refusal } from './carrier.ts';
import type { Moment } from './journal.ts';
import type { Network } from './network.ts';
import { Posts } from './posts.ts';
import type { Wire } from './wire.ts';
import type { WireEnd } from './wire-end.ts';

const waitS = 25;

/** A session over long-poll: one poll at a time brings what there is, and takes frames along. */
export class LongPollCarrier implements Carrier {
  session: string | null = null;
  readonly wire: Wire;
  readonly #network: Network;
  readonly #user: string;
  readonly #carried: Carried;
  readonly #posts: Posts;
  #poll: Wire;
  #polls = 0;
  /** When the last answer was written: what is in the next one is younger. */
  #answered: Moment;
  #underWay = true;
  #takesFrames = true;

  constructor(network: Network, { user, line, at }: Opening, carried: Carried) {
    this.#answered = at;
    this.#network = network;
    this.#user = user;
    this.#carried = carried;
    this.#posts = new Posts(network, user, carried, () => false);
    this.wire = network.open(
      user,
      { method: 'POST', query: `wait=${waitS}`, headers: {}, body: line },
      this.#end(true),
    );
    this.#poll = this.wire;
  }

  send(line: string): void {
    this.#posts.add(line);
  }

  act(): void {
    if (this.session === null) return;
    // Frames go one after the other: while a poll has some, none may overtake it.
    if (this.#underWay) return this.#takesFrames ? undefined : this.#posts.act(this.session);
    const body = this.#posts.idle ? this.#posts.take() : '';
    this.#takesFrames = body !== '';
    this.#polls += 1;
    this.#underWay = true;
    const query = `session=${this.session}&wait=${waitS}&poll=${this.#polls}`;
    this.#poll = this.#network.open(this.#user, { method: 'POST', query, headers: {}, body }, this.#end(false));
  }

  drop(): void {
    this.#poll.leave();
  }

  #end(opens: boolean): WireEnd {
    let answered = false;
    return {
      head: () => this.#carried.fail('a poll was answered with a stream'),
      received: () => this.#carried.fail('a poll was answered with a stream'),
      replied: (status: number, body: string, written: Moment) => {
        answered = true;
        this.#underWay = false;
        if (status === 200) {
          this.#carried.lines(body, this.#answered, written);
          this.#answered = written;
          // A session that was ended before it was told its name cannot be gone on with.
          if (opens && body === '') this.#carried.lost(null, true);
          return;
        }
        const { code, retryable } = refusal(body);
        this.#carried.lost(code, retryable);
      },
      closed: () => {
        if (!answered) this.#carried.lost(null, true);
      },
    };
  }
}
