import type { Client, TransportName } from '@rt/client';
import { createClient, RtError } from '@rt/client';
import { within } from '@rt/testkit';
import { SignJWT } from 'jose';
import type { channels } from './channels.ts';
import { board, cards, rooms, secret } from './channels.ts';
import { checkAllTold } from './ending.ts';
import type { Road } from './road.ts';
import { openRoad } from './road.ts';
import type { Stage } from './stage.ts';
import { pause, pick } from './stage.ts';
import { markOf, Watch } from './watch.ts';

const key = Buffer.from(secret);

/** So short that it has to be refreshed while somebody lives. */
const tokenFor = '12s';

/** Somebody with the client, as an app would have it: who comes, does things, suffers things, and goes. */
export class ClientLife {
  readonly name: string;
  readonly #stage: Stage;
  readonly #client: Client<typeof channels>;
  readonly #road: Road;
  readonly #room: (typeof rooms)[number];
  readonly #roomWatch: Watch;
  readonly #watches: Watch[] = [];
  /** What was asked and is not answered, and what that was. */
  readonly #underWay = new Map<Promise<void>, string>();
  #presence = Promise.resolve();
  #n = 0;
  #stopRoom: () => void = () => {};

  private constructor(stage: Stage, name: string, transport: TransportName | 'auto', road: Road) {
    const { random, did, book } = stage;
    this.name = name;
    this.#stage = stage;
    this.#road = road;
    this.#room = pick(random, rooms);
    this.#roomWatch = new Watch(book, 'log', this.#room, name);
    this.#client = createClient<typeof channels>(`http://127.0.0.1:${road.port}/rt`, {
      transport,
      reconnect: { firstMs: 30, longestMs: 500 },
      token: () => {
        did.count('tokens signed');
        return new SignJWT({ sub: name }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime(tokenFor).sign(key);
      },
    });
  }

  /** Lives as long as that, or until it is over. Resolves when nothing of it is left. */
  static async live(stage: Stage, name: string, transport: TransportName | 'auto', forMs: number): Promise<void> {
    const road = await openRoad(stage);
    const life = new ClientLife(stage, name, transport, road);
    try {
      await life.#live(forMs);
    } finally {
      life.#client.close();
      stage.attendance.left(name);
      await road.close();
    }
  }

  async #live(forMs: number): Promise<void> {
    const { random, over } = this.#stage;
    this.#readRoom();
    if (random() < 0.5) this.#readBoard();
    if (random() < 0.7) this.#enter();
    const endsMs = Date.now() + forMs;
    while (Date.now() < endsMs && !over.aborted) {
      await pause(200 + random() * 1500, over);
      await this.#act();
    }
    await this.#settle();
    await checkAllTold(this.#stage, this.#watches);
    if (over.aborted) await this.#stage.rest(this.#watches);
    await this.#go();
  }

  async #act(): Promise<void> {
    const { random, did } = this.#stage;
    const kind = random();
    if (kind < 0.35) this.#say();
    else if (kind < 0.45) this.#move();
    else if (kind < 0.55) {
      this.#n += 1;
      did.count('ephemeral publications');
      this.#ask('typing', this.#client.channel(this.#room).publish('typing', { by: this.name, n: this.#n }));
    } else if (kind < 0.65) this.#readHistory();
    else if (kind < 0.7) {
      did.count('questions to a handler');
      this.#ask('ping', this.#client.channel(this.#room).send('ping', this.#n));
    } else if (kind < 0.78) {
      if (random() < 0.5) this.#enter();
      else this.#leave();
    } else if (kind < 0.84) await this.#lookAway();
    else await this.#road.suffer();
  }

  #readRoom(): void {
    const { random, book } = this.#stage;
    const place = random() < 0.5 ? book.placeBefore(this.#room, 30) : null;
    const other = pick(random, ['start', 'now', { last: 20 }] as const);
    this.#roomWatch.after(place);
    this.#watches.push(this.#roomWatch);
    this.#listen(this.#roomWatch, place === null ? other : { after: place });
  }

  #listen(watch: Watch, from: 'start' | 'now' | { readonly last: number } | { readonly after: string }): void {
    const { did } = this.#stage;
    const room = this.#client.channel(this.#room, { from });
    const stopTold = room.onAny(({ event, position, data }) => {
      if (position === null) did.count('ephemeral publications told');
      else watch.took(event, position, data);
    });
    const stopGaps = room.onGap(({ reason, position }) => watch.gap(reason, position));
    this.#stopRoom = () => {
      stopTold();
      stopGaps();
    };
  }

  #readBoard(): void {
    const watch = new Watch(this.#stage.book, 'state', board, this.name);
    this.#watches.push(watch);
    const channel = this.#client.channel(board, { from: 'start' });
    channel.onAny(({ event, position, data }) => {
      if (position !== null) watch.took(event, position, data);
    });
    channel.onGap(({ reason, position }) => watch.gap(reason, position));
  }

  /** Stops reading its room, and comes back later to where it was. */
  async #lookAway(): Promise<void> {
    const { random, over, did, book } = this.#stage;
    if (this.#roomWatch.place === null) return;
    did.count('subscriptions given up, and taken up again');
    this.#stopRoom();
    await pause(300 + random() * 2000, over);
    const after = book.place(this.#room, this.#roomWatch.place);
    this.#listen(this.#roomWatch, { after });
  }

  /** Publishes, sometimes more than once with the same key. */
  #say(): void {
    const { random, did } = this.#stage;
    const said = { by: this.name, n: (this.#n += 1) };
    const options = random() < 0.3 ? { key: markOf(said) } : {};
    const times = options.key === undefined ? 1 : 2;
    for (let n = 0; n < times; n += 1) {
      did.count(
        times === 1 ? 'publications of clients' : 'publications of clients, each said twice with its key',
        1 / times,
      );
      this.#stores(this.#room, markOf(said), this.#client.channel(this.#room).publish('said', said, options));
    }
  }

  #move(): void {
    const { random, did } = this.#stage;
    const moved = { by: this.name, n: (this.#n += 1), card: pick(random, cards) };
    did.count('publications of clients about a card');
    const event = random() < 0.1 ? 'removed' : 'moved';
    this.#stores(board, markOf(moved), this.#client.channel(board).publish(event, moved));
  }

  #stores(channel: string, mark: string, publishing: Promise<string | null>): void {
    const { book } = this.#stage;
    this.#ask(
      mark,
      publishing.then((position) => book.at(channel, position ?? '', mark, `${this.name}, who published it,`)),
    );
  }

  #readHistory(): void {
    const { did, book } = this.#stage;
    did.count('pages of history');
    const reading = this.#client.channel(this.#room).history({ last: 50 });
    this.#ask(
      'history',
      reading.then(({ publications }) => {
        for (const { position, data } of publications) book.at(this.#room, position ?? '', markOf(data), this.name);
      }),
    );
  }

  #enter(): void {
    const { attendance, did } = this.#stage;
    did.count('times somebody entered');
    this.#presence = this.#presence.then(async () => {
      await this.#client.channel(this.#room).presence.enter({ name: this.name });
      attendance.entered(this.name, this.#room);
    });
    this.#ask('enter', this.#presence);
  }

  #leave(): void {
    const { attendance, did } = this.#stage;
    did.count('times somebody left');
    this.#presence = this.#presence.then(async () => {
      await this.#client.channel(this.#room).presence.leave();
      attendance.left(this.name);
    });
    this.#ask('leave', this.#presence);
  }

  /** What is asked is answered, unless its connection was lost meanwhile. */
  #ask(what: string, asking: Promise<unknown>): void {
    const { book, did } = this.#stage;
    const settled = asking.then(
      () => {},
      (cause: unknown) => {
        if (cause instanceof RtError && cause.retryable) did.count(`questions that were answered by ${cause.code}`);
        else book.note('refused', `${this.name}: ${what}: ${String(cause)}`);
      },
    );
    this.#underWay.set(settled, what);
    void settled.then(() => this.#underWay.delete(settled));
  }

  async #settle(): Promise<void> {
    const all = Promise.all(this.#underWay.keys());
    await within('everything to be answered', all, 90_000).catch(() =>
      this.#stage.book.note('refused', this.#unanswered()),
    );
  }

  #unanswered(): string {
    const { status } = this.#client;
    const whats = [...this.#underWay.values()].join(', ');
    return `${this.name} at ${this.#road.where()}: never answered: ${whats}; it is ${JSON.stringify(status)}`;
  }

  async #go(): Promise<void> {
    const { random, did } = this.#stage;
    const kind = random();
    if (kind < 0.3) {
      this.#leave();
      await this.#settle();
    } else if (kind < 0.6) {
      did.count('clients that went without a word');
      this.#road.break();
    }
  }
}
