import type { Carried } from './carrier.ts';
import { refusal } from './carrier.ts';
import type { Network } from './network.ts';

/** The frames that a session sends in requests of their own: one under way, and sent again if it is not answered. */
export class Posts {
  readonly #network: Network;
  readonly #user: string;
  readonly #carried: Carried;
  readonly #open: () => boolean;
  #gathered = '';
  #highestId = 0;
  /** What is under way, or has to be sent again. */
  #body = '';
  #underWay = false;

  /** @param open Whether the server has the session: then it takes every frame. */
  constructor(network: Network, user: string, carried: Carried, open: () => boolean) {
    this.#network = network;
    this.#user = user;
    this.#carried = carried;
    this.#open = open;
  }

  /** Whether nothing is under way, nor has to be sent again. */
  get idle(): boolean {
    return this.#body === '';
  }

  add(line: string): void {
    this.#gathered += line;
  }

  /** What has gathered, for somebody else to send. */
  take(): string {
    const gathered = this.#gathered;
    this.#gathered = '';
    return gathered;
  }

  /** Sends what there is, unless something is under way. */
  act(session: string): void {
    if (this.#underWay || (this.#body === '' && this.#gathered === '')) return;
    if (this.#body === '') {
      this.#body = this.take();
      this.#highestId = Math.max(
        ...this.#body
          .trim()
          .split('\n')
          .map((line) => (JSON.parse(line) as { id: number }).id),
      );
    }
    this.#underWay = true;
    const query = `session=${session}`;
    this.#network.open(
      this.#user,
      { method: 'POST', query, headers: {}, body: this.#body },
      {
        head: () => this.#carried.fail('a post was answered with a stream'),
        received: () => this.#carried.fail('a post was answered with a stream'),
        replied: (status, body) => this.#replied(status, body),
        closed: () => {
          this.#underWay = false;
        },
      },
    );
  }

  #replied(status: number, body: string): void {
    if (status !== 202) {
      const { code, retryable } = refusal(body);
      // The body was cut on its way: it is sent again as it was.
      if (code !== 'body_incomplete') this.#carried.lost(code, retryable);
      return;
    }
    const { taken } = JSON.parse(body) as { taken: number };
    if (taken < this.#highestId && this.#open())
      this.#carried.fail(`took frames up to ${taken}, but ${this.#highestId} was sent`);
    this.#body = '';
  }
}
