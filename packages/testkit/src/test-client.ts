import type { Member, RequestHub, User } from '@rt/core';
import type { ErrorBody, GapBody, PublicationBody, ServerFrame } from '@rt/protocol';
import { parseBase64, parsePosition } from '@rt/protocol';
import type { MembersBook } from './members-book.ts';
import { keepBooks } from './members-book.ts';
import { MemorySocket } from './memory-socket.ts';

/** A publication as a test sees it. */
export interface TestPublication {
  readonly channel: string;
  readonly event: string;
  readonly data: unknown;
  /** `null` for one that is ephemeral. */
  readonly position: string | null;
}

/** A gap as a test sees it. */
export interface TestGap extends GapBody {
  readonly channel: string;
}

/** What a client was refused, as the server has said it. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly code: string;
  readonly body: ErrorBody;

  constructor(body: ErrorBody) {
    super(body.message);
    this.code = body.code;
    this.body = body;
  }
}

/** How a client follows a channel. */
export interface TestSubscription {
  /** @default from now on */
  readonly from?: 'start';
  /** Whether it is told who is there as well. @default false */
  readonly presence?: boolean;
}

/**
 * One user at the other end. After the network was cut it comes back by itself, with the positions it has, and enters
 * again where it was.
 */
export interface TestClient {
  /** Follows a channel: from now on, or from its floor; with `{ presence: true }` also who is there. @throws RefusedError */
  subscribe(channel: string, how?: 'start' | TestSubscription): Promise<void>;
  /** @throws RefusedError */
  unsubscribe(channel: string): Promise<void>;
  /** Publishes, and returns the position, or `null` of what is ephemeral. @throws RefusedError */
  publish(channel: string, event: string, data: unknown): Promise<string | null>;
  /** Asks the app's handler, and returns its answer. @throws RefusedError */
  send(channel: string, event: string, data: unknown): Promise<unknown>;
  /** Becomes a member of a channel, or shows something else there. @throws RefusedError */
  enter(channel: string, state?: unknown): Promise<void>;
  /** Is a member no more, at once. @throws RefusedError */
  leave(channel: string): Promise<void>;
  /**
   * Who is in a channel: as it has been told, if it is subscribed with `presence`; else it asks. Of too many only a few.
   *
   * @throws RefusedError
   */
  members(channel: string): Promise<readonly Member[]>;
  /** Closes the connection in good order, as an app does whose user is done: where it was a member it has left. */
  close(): void;
  /** The next publication, of this event if one is named; those before it are skipped. Fails if none comes. */
  next(event?: string): Promise<TestPublication>;
  /** The next gap. Fails if none comes. */
  nextGap(): Promise<TestGap>;
  /** Everything that came and was not taken by `next` yet. */
  readonly waiting: readonly TestPublication[];
  /** Why the server has ended it last, or a subscription of it, or that it is a member somewhere. */
  readonly ended: ErrorBody | null;
}

/** What the hub of a test does for its clients. */
export interface TestGround {
  hub(): RequestHub;
  /** Lets everything that is due happen until there is a result; fails if there is none. */
  until<Result>(what: string, look: () => Result | undefined): Promise<Result>;
}

type Reply = { readonly type: 'reply'; readonly frame: ServerFrame } | { readonly type: 'lost' };

/** A client of {@link createTestHub}. */
export class MemoryClient implements TestClient {
  readonly #ground: TestGround;
  readonly #user: User | null;
  /** The same whenever it comes back. */
  readonly #name: string;
  readonly #positions = new Map<string, string>();
  readonly #books = new Map<string, MembersBook>();
  readonly #entered = new Map<string, unknown>();
  readonly #asked = new Set<number>();
  readonly #replies = new Map<number, Reply>();
  #publications: TestPublication[] = [];
  #gaps: TestGap[] = [];
  #socket: MemorySocket | null = null;
  #lastId = 0;
  #connected = false;
  /** Whether it has gone in good order, and does not come back by itself. */
  away = false;
  ended: ErrorBody | null = null;

  constructor(ground: TestGround, user: User | null, name: string) {
    this.#ground = ground;
    this.#user = user;
    this.#name = name;
  }

  get waiting(): readonly TestPublication[] {
    return this.#publications;
  }

  /** Connects, with what it was subscribed to before, and enters where it was. */
  async connect(): Promise<void> {
    this.away = false;
    const socket = new MemorySocket({
      lines: (lines) => {
        for (const line of lines.split('\n')) if (line !== '') this.#take(JSON.parse(line) as ServerFrame);
      },
      closed: () => this.#lost(),
    });
    this.#socket = socket;
    await this.#ground.hub().handle(socket, () => this.#user);
    if (socket.refusal !== null) throw new RefusedError((JSON.parse(socket.refusal) as { error: ErrorBody }).error);
    const subscriptions = [...this.#positions].map(([channel, after]) => {
      const book = this.#books.get(channel);
      return { channel, after, ...(book !== undefined && { presence: book.position ?? true }) };
    });
    await this.#ask({ type: 'connect', client: this.#name, subscriptions });
    this.#connected = true;
    for (const [channel, state] of this.#entered) await this.#enterAgain(channel, state);
  }

  async #enterAgain(channel: string, state: unknown): Promise<void> {
    try {
      await this.#ask({ type: 'enter', channel, state });
    } catch (cause) {
      if (!(cause instanceof RefusedError)) throw cause;
      this.#entered.delete(channel);
      this.ended = cause.body;
    }
  }

  cut(): void {
    this.#socket?.cut();
  }

  close(): void {
    this.away = true;
    this.#socket?.leave();
  }

  async subscribe(channel: string, how: 'start' | TestSubscription = {}): Promise<void> {
    const { from, presence = false } = how === 'start' ? { from: how } : how;
    await this.#ask({ type: 'subscribe', channel, presence, ...(from && { after: from }) });
  }

  async unsubscribe(channel: string): Promise<void> {
    await this.#ask({ type: 'unsubscribe', channel });
  }

  async publish(channel: string, event: string, data: unknown): Promise<string | null> {
    const frame = await this.#ask({ type: 'publish', channel, event, data });
    return frame.type === 'published' ? frame.position : null;
  }

  async send(channel: string, event: string, data: unknown): Promise<unknown> {
    const frame = await this.#ask({ type: 'send', channel, event, data });
    return frame.type === 'answered' ? frame.data : undefined;
  }

  async enter(channel: string, state: unknown = null): Promise<void> {
    await this.#ask({ type: 'enter', channel, state });
    this.#entered.set(channel, state);
  }

  async leave(channel: string): Promise<void> {
    this.#entered.delete(channel);
    await this.#ask({ type: 'leave', channel });
  }

  async members(channel: string): Promise<readonly Member[]> {
    // Whatever is due has come by the time that there is an answer.
    const frame = await this.#ask(this.#books.has(channel) ? { type: 'ping' } : { type: 'members', channel });
    if (frame.type === 'members') return 'members' in frame ? frame.members : frame.sample;
    return this.#books.get(channel)?.members ?? [];
  }

  async next(event?: string): Promise<TestPublication> {
    const fits = (publication: TestPublication): boolean => event === undefined || publication.event === event;
    return this.#ground.until(event === undefined ? 'a publication' : `the event "${event}"`, () => {
      const index = this.#publications.findIndex(fits);
      if (index === -1) return undefined;
      const found = this.#publications[index];
      this.#publications = this.#publications.slice(index + 1);
      return found;
    });
  }

  async nextGap(): Promise<TestGap> {
    return this.#ground.until('a gap', () => this.#gaps.shift());
  }

  async #ask(frame: Readonly<Record<string, unknown>>): Promise<ServerFrame> {
    if (frame['type'] !== 'connect' && !this.#connected) await this.connect();
    this.#lastId += 1;
    const id = this.#lastId;
    this.#asked.add(id);
    this.#socket?.send(`${JSON.stringify({ ...frame, id })}\n`);
    const reply = await this.#ground.until(`an answer to ${String(frame['type'])}`, () => this.#replies.get(id));
    this.#replies.delete(id);
    this.#asked.delete(id);
    if (reply.type === 'lost')
      throw this.ended === null ? new Error('the connection was lost') : new RefusedError(this.ended);
    if (reply.frame.type === 'error') throw new RefusedError(reply.frame.error);
    return reply.frame;
  }

  #lost(): void {
    this.#connected = false;
    for (const id of this.#asked) this.#replies.set(id, { type: 'lost' });
  }

  #take(frame: ServerFrame): void {
    keepBooks(this.#books, frame);
    switch (frame.type) {
      case 'subscribed':
        this.#positions.set(frame.channel, frame.position);
        if (frame.gap !== undefined) this.#gaps.push({ channel: frame.channel, ...frame.gap });
        break;
      case 'publications':
        this.#publications.push(...frame.publications.map((publication) => seen(frame, publication)));
        this.#positions.set(frame.channel, frame.position);
        break;
      case 'gap': {
        const { type: _, ...gap } = frame;
        this.#positions.set(frame.channel, frame.position);
        this.#gaps.push(gap);
        break;
      }
      case 'unsubscribed':
        this.#positions.delete(frame.channel);
        this.ended = frame.error ?? this.ended;
        break;
      case 'left':
        if (frame.error !== undefined) this.#entered.delete(frame.channel);
        this.ended = frame.error ?? this.ended;
        break;
      case 'bye':
        this.ended = frame.error;
        break;
      default:
    }
    if ('id' in frame && frame.id !== undefined) {
      this.#asked.delete(frame.id);
      this.#replies.set(frame.id, { type: 'reply', frame });
    }
  }
}

function seen(
  { channel, position }: Extract<ServerFrame, { readonly type: 'publications' }>,
  { offset, event, data, base64 }: PublicationBody,
): TestPublication {
  const epoch = parsePosition(position)?.epoch ?? '';
  const value = base64 === undefined ? data : parseBase64(base64);
  return { channel, event, data: value, position: offset === undefined ? null : `${epoch}.${offset}` };
}
