import type { Channel, Client, EventsOf, PublicationOf, StateOf } from '@rt/client';
import { createClient } from '@rt/client';
import type { ConnectionState } from '@rt/example-ui';
import { CatchUp, Connection, Road } from '@rt/example-ui';
import type { BoardChannels, ChangeAnswer, Change, Point, activityEvents } from '../board-events.ts';
import { boardId } from '../columns.ts';
import type { Me } from './visit.ts';
import { askWhoIAm } from './visit.ts';

type ChannelOf<Name extends string> = Channel<EventsOf<BoardChannels, Name>, StateOf<BoardChannels, Name>>;

export type Happening = PublicationOf<typeof activityEvents>;

export interface LineOptions {
  readonly onState: (state: ConnectionState, before: ConnectionState) => void;
  readonly onMe: () => void;
}

/** The three channels of a board over one connection that can be cut. */
export class Line {
  readonly connection: Connection;
  readonly catchUp: CatchUp = new CatchUp();
  readonly board: ChannelOf<`board:${string}`>;
  readonly cursors: ChannelOf<`cursors:${string}`>;
  readonly activity: ChannelOf<`activity:${string}`>;
  me: Me | null = null;
  /** When the connection came back last. */
  resumedAtMs = -Infinity;
  readonly #road: Road = new Road();
  readonly #client: Client<BoardChannels>;
  readonly #onMe: () => void;

  constructor({ onState, onMe }: LineOptions) {
    this.#onMe = onMe;
    this.connection = new Connection({ road: this.#road, onState });
    this.#client = createClient<BoardChannels>('/rt', { environment: this.#road.environment });
    this.board = this.#client.channel(`board:${boardId}`, { from: 'start' });
    this.cursors = this.#client.channel(`cursors:${boardId}`);
    this.activity = this.#client.channel(`activity:${boardId}`, { from: { last: 40 } });
  }

  get state(): ConnectionState {
    return this.connection.state;
  }

  get isLive(): boolean {
    return this.state.name === 'live';
  }

  /** Begins to read. Whoever listens to the channels does so before. */
  begin(): void {
    let openings = 0;
    this.#client.subscribe(() => {
      if (this.#client.status.state !== 'open') return;
      openings += 1;
      if (openings > 1) {
        this.resumedAtMs = Date.now();
        this.catchUp.reopened(this.resumedAtMs);
      }
      // A server that was started anew may call this browser by another name.
      void this.#askWhoIAm();
    });
    this.connection.watch(this.#client, this.board);
    this.hold(null);
  }

  /** Shows the others which card is in the hand. */
  hold(card: string | null): void {
    this.board.presence.enter({ card }).catch(() => {});
  }

  put(change: Change): Promise<ChangeAnswer> {
    return this.board.send<ChangeAnswer>('put', change);
  }

  async point(point: Point): Promise<void> {
    await this.cursors.send('point', point);
  }

  /** @throws if the server cannot be reached */
  async readOnly(readsOnly: boolean): Promise<void> {
    this.#is(await askWhoIAm(this.#road.environment.fetch, { readsOnly }));
  }

  async #askWhoIAm(): Promise<void> {
    const me = await askWhoIAm(this.#road.environment.fetch).catch(() => null);
    if (me !== null) this.#is(me);
  }

  #is(me: Me): void {
    this.me = me;
    this.catchUp.serverSays(me.nowMs, Date.now());
    this.#onMe();
  }
}
