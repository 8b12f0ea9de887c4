import type { Client } from '@rt/client';
import { createClient } from '@rt/client';
import { indexedDbOutbox } from '@rt/client/indexeddb';
import type { ConnectionState } from '@rt/example-ui';
import { CatchUp, Connection, Road } from '@rt/example-ui';
import type { ChatChannels } from '../channels.ts';
import { rooms } from '../rooms.ts';
import type { Visit } from '../visits.ts';
import { Conversation } from './conversation.ts';
import type { Me } from './visit.ts';
import { Visits } from './visit.ts';

export interface ChatOptions {
  /** Something is to be drawn. */
  readonly onChange: () => void;
}

/** All rooms over one connection, as whoever this browser is. */
export class Chat {
  readonly conversations: readonly Conversation[];
  readonly connection: Connection;
  readonly catchUp: CatchUp = new CatchUp();
  me: Me | null = null;
  /** Whether it is known who this browser is. */
  known = false;
  /** This browser had a name, and has none any more. */
  forgotten = false;
  /** When the connection came back last. */
  resumedAtMs = -Infinity;
  readonly #onChange: () => void;
  readonly #visits: Visits;
  readonly #road: Road = new Road();
  #active: Conversation;
  #client: Client<ChatChannels> | null = null;
  #also: (client: Client<ChatChannels>) => () => void = () => () => {};
  #stops: readonly (() => void)[] = [];

  constructor({ onChange }: ChatOptions) {
    const { catchUp } = this;
    this.#onChange = onChange;
    this.#visits = new Visits(this.#road.environment.fetch);
    this.conversations = rooms.map((room) => new Conversation({ room, catchUp, onChange }));
    this.#active = this.conversations[0] as Conversation;
    this.connection = new Connection({ road: this.#road, onState: () => onChange() });
  }

  get active(): Conversation {
    return this.#active;
  }

  get state(): ConnectionState {
    return this.connection.state;
  }

  /** Reads something beside the rooms by each client, from now on. `read` returns how to stop. */
  readAlso(read: (client: Client<ChatChannels>) => () => void): void {
    this.#also = read;
    if (this.#client !== null) this.#stops = [...this.#stops, read(this.#client)];
  }

  /** Asks who this is, and connects as that. */
  async begin(): Promise<void> {
    // Without an answer it begins as nobody, and asks again once it is connected.
    this.#is(await this.#visits.ask().catch(() => ({ me: null, nowMs: Date.now() })));
    this.#connect();
  }

  open(roomId: string): void {
    const next = this.conversations.find(({ room }) => room.id === roomId);
    if (next === undefined || next === this.#active) return;
    this.#active.leave();
    this.#active = next;
    next.enter();
    this.#onChange();
  }

  /** Resolves to why it may not be, or to `null`. */
  async join(name: string, keyHolder: boolean): Promise<string | null> {
    const visit = await this.#visits.join(name, keyHolder);
    if ('refused' in visit) return visit.refused;
    this.forgotten = false;
    this.#is(visit);
    this.#connect();
    return null;
  }

  async leave(): Promise<void> {
    const visit = await this.#visits.leave().catch(() => null);
    // Without an answer they are still there, and can leave again.
    if (visit === null) return;
    this.#is(visit);
    this.#connect();
  }

  #is({ me, nowMs }: Visit): void {
    this.me = me;
    this.known = true;
    this.catchUp.serverSays(nowMs, Date.now());
  }

  /** Who somebody is is settled when a connection begins: for another one it begins anew, from where the last has come to. */
  #connect(): void {
    const { me } = this;
    for (const stop of this.#stops) stop();
    this.#client?.close();
    const outbox = me === null ? {} : { outbox: indexedDbOutbox({ name: `chat ${me.id}` }) };
    const client = createClient<ChatChannels>('/rt', { environment: this.#road.environment, ...outbox });
    this.#client = client;
    let openings = 0;
    this.#stops = [
      // Before any channel is read: what those bring then was missed.
      client.subscribe(() => {
        // Another tab has left for both: the server does not take this visitor any more.
        if (client.status.state === 'closed') void this.#askAgain();
        if (client.status.state !== 'open') return;
        openings += 1;
        if (openings > 1) this.#reopened();
      }),
      ...this.conversations.map((conversation) => conversation.follow(client, me)),
      this.connection.watch(client, client.channel(`room:${rooms[0]?.id ?? ''}`)),
      this.#also(client),
    ];
    this.#active.enter();
    this.#onChange();
  }

  #reopened(): void {
    this.resumedAtMs = Date.now();
    this.catchUp.reopened(this.resumedAtMs);
    for (const conversation of this.conversations) conversation.reopened();
    void this.#askAgain();
  }

  /** A server that has begun anew knows nobody, and another tab may have picked a name or left. */
  async #askAgain(): Promise<void> {
    const visit = await this.#visits.ask().catch(() => null);
    if (visit === null || visit.me?.id === this.me?.id) return;
    this.forgotten = visit.me === null;
    this.#is(visit);
    this.#connect();
  }
}
