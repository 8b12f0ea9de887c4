import type { RtError, ServerFrame } from '@rt/protocol';
import { bodyOf, dataOf } from './bytes.ts';
import type { ChannelCore, ChannelStatus, From, Gap, Publication } from './channel-core.ts';
import { publicationOf } from './channel-core.ts';
import type { ClientCore } from './client-core.ts';
import type { OutboxEntry } from './outbox.ts';
import type { Channel, History, HistoryQuery, Presence, PublishOptions } from './types.ts';

type Untyped = Readonly<Record<string, never>>;

/** A channel as the app uses it: thin, so that any number of them may stand for one core. */
export class ChannelHandle {
  readonly name: string;
  readonly pending: Channel<Untyped>['pending'];
  readonly presence: Presence<unknown>;
  readonly #client: ClientCore;
  readonly #core: ChannelCore;

  constructor(client: ClientCore, core: ChannelCore) {
    this.name = core.name;
    this.#client = client;
    this.#core = core;
    this.pending = core.optimistic.cell;
    this.presence = presenceOf(client, core);
  }

  get status(): ChannelStatus {
    return this.#core.status.getSnapshot();
  }

  get position(): string | null {
    return this.#core.position;
  }

  subscribe = (listener: () => void): (() => void) => both(this.#core.read({}), this.#core.status.subscribe(listener));

  getSnapshot = (): ChannelStatus => this.status;

  on(event: string, handler: (data: unknown, publication: Publication) => void): () => void {
    return this.onAny((publication) => {
      if (publication.event === event) handler(publication.data, publication);
    });
  }

  onAny(handler: (publication: Publication) => void): () => void {
    return this.#core.read({ publication: handler });
  }

  onGap(handler: (gap: Gap) => void): () => void {
    return this.#core.read({ gap: handler });
  }

  onState(handler: (state: unknown) => void): () => void {
    return this.#core.read({ state: handler });
  }

  publish(event: string, data: unknown, options: PublishOptions = {}): Promise<string | null> {
    const { key = this.#client.key(), ifPosition = null, optimistic = false } = options;
    const entry: OutboxEntry = { key, channel: this.name, event, body: bodyOf(data), ifPosition, optimistic };
    if (!optimistic) return this.#client.publishing.publish(entry);
    this.#core.optimistic.add(key, event, data);
    const stored = this.#client.publishing.publish(entry);
    // What becomes of it is shown: nobody has to wait for it.
    stored.catch((error: RtError) => this.#core.optimistic.refuse(key, error));
    return stored;
  }

  async send(event: string, data: unknown): Promise<unknown> {
    const frame = { type: 'send', channel: this.name, event, ...bodyOf(data) };
    const answer = await this.#client.ask(frame, false);
    return answer.type === 'answered' ? dataOf(answer) : undefined;
  }

  async history(query: HistoryQuery = {}): Promise<History<Publication>> {
    return historyOf(await this.#client.ask({ type: 'history', channel: this.name, ...query }, true));
  }

  read({ from = 'now' }: { readonly from?: From } = {}): AsyncIterableIterator<Publication, void> {
    const stop = new AbortController();
    const items = this.#items(from, stop.signal);
    return {
      next: () => items.next(),
      // A generator would take it only when there is something to tell.
      return() {
        stop.abort();
        return items.return();
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  async *#items(from: From, signal: AbortSignal): AsyncGenerator<Publication, void, undefined> {
    // Pages that only listen do not carry it.
    const { readFrom } = await import('./read.ts');
    yield* readFrom(this.#core, { from, signal, history: (query) => this.history(query) });
  }
}

function presenceOf(client: ClientCore, core: ChannelCore): Presence<unknown> {
  const { name } = core;
  const { cell } = core.presence;
  const enter = (state: unknown): Promise<void> => client.memberships.enter(name, state);
  return {
    enter,
    update: enter,
    leave: () => client.memberships.leave(name),
    subscribe: (listener) => both(core.watch(), cell.subscribe(listener)),
    getSnapshot: cell.getSnapshot,
    get members() {
      return cell.getSnapshot().members;
    },
  };
}

/** A page of publications as the server answers it. */
function historyOf(frame: ServerFrame): History<Publication> {
  if (frame.type !== 'history') throw new TypeError(`history was answered with ${frame.type}`);
  const { position, floor, publications, gap = null } = frame;
  return { position, floor, publications: publications.map((body) => publicationOf(body, body.position)), gap };
}

function both(first: () => void, second: () => void): () => void {
  return () => {
    first();
    second();
  };
}
