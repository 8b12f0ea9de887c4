import type { RtError, ServerFrame } from '@rt/protocol';
import type { Body } from '../bytes.ts';
import type { Connected } from '../connection.ts';
import type { Environment } from '../environment.ts';
import { Outbox, publishFrame } from '../outbox.ts';
import { Requests } from '../requests.ts';
import type { SharedHost, Wish } from './shared-channel.ts';
import { SharedChannel } from './shared-channel.ts';
import { SharedMembers } from './shared-members.ts';

/** What a client says, as its tab's pipe brings it. */
type Frame = Readonly<Record<string, unknown>> &
  Wish & {
    readonly type: string;
    readonly id: number;
    readonly channel: string;
  };

/** What a session needs of who has it. */
export interface SessionOwner {
  send(lines: string): void;
  /** Tells frames to pipes, each ended by a line feed. */
  tell(pipes: readonly string[], lines: string): void;
  /** A tab doubts the connection. */
  doubt(): void;
}

/** One session with the server, which the pipes of several tabs share: each of them sees a session of its own. */
export class SharedSession {
  readonly #owner: SessionOwner;
  readonly #environment: Environment;
  readonly #host: SharedHost;
  readonly #requests = new Requests();
  readonly #publishing: Outbox;
  readonly #channels = new Map<string, SharedChannel>();
  readonly #members = new Map<string, SharedMembers>();
  /** The pipes that have said hello, with the ids of that. */
  readonly #pipes = new Map<string, number>();
  #connected: Connected | null = null;
  #over = false;

  constructor(owner: SessionOwner, environment: Environment) {
    this.#owner = owner;
    this.#environment = environment;
    this.#host = {
      tell: (pipes, frame) => this.#tell(pipes, frame),
      ask: (frame, answered, failed) => this.ask(frame, answered, failed),
    };
    // All tabs together keep to the server's pace, each in its order.
    this.#publishing = new Outbox(
      (entry, settled) => {
        const { key } = entry;
        this.ask(
          { ...publishFrame(entry), key: key.slice(key.indexOf(' ') + 1) || undefined },
          (answer) => answer.type === 'published' && settled.stored(answer.position),
          (error) => settled.refused(error),
        );
      },
      null,
      environment,
    );
  }

  /** The first line of a session. */
  connect(client: string, token: string | null): string {
    return line({ type: 'connect', id: 1, client, ...(token !== null && { token }) });
  }

  opened(connected: Connected): void {
    this.#connected = connected;
    this.#publishing.open(connected.limits.rates ?? null);
    for (const pipe of this.#pipes.keys()) this.#welcome(pipe);
  }

  /** Takes what a pipe says; nothing of one that has not said hello. */
  take(pipe: string, lines: string, enteredAtMs: number = Date.now()): void {
    for (const text of lines.split('\n')) if (text !== '') this.#take(pipe, JSON.parse(text) as Frame, enteredAtMs);
  }

  get pipes(): Iterable<string> {
    return this.#pipes.keys();
  }

  has(pipe: string): boolean {
    return this.#pipes.has(pipe);
  }

  leave(pipe: string, inOrder: boolean): void {
    if (!this.#pipes.delete(pipe)) return;
    for (const channel of this.#channels.values()) channel.unsubscribe(pipe);
    for (const members of this.#members.values()) members.gone(pipe, inOrder);
  }

  frame(frame: ServerFrame): void {
    this.#requests.settle(frame);
    if (!('channel' in frame) || frame.channel === undefined || 'id' in frame) return;
    if (frame.type === 'left') this.#members.get(frame.channel)?.left(frame);
    else this.#channels.get(frame.channel)?.frame(frame);
  }

  /** Asks the server something. */
  ask(
    frame: Readonly<Record<string, unknown>>,
    answered: (frame: ServerFrame) => unknown,
    failed: (error: RtError) => void = () => {},
  ): void {
    this.#owner.send(this.#requests.ask({ frame, repeatable: false, answered, failed }));
  }

  /** It is over: nobody is told anything of it any more. */
  end(): void {
    this.#over = true;
    this.#publishing.lost();
  }

  #take(pipe: string, frame: Frame, atMs: number): void {
    const { type, id, channel } = frame;
    if (type === 'connect') {
      this.#pipes.set(pipe, id);
      if (this.#connected !== null) this.#welcome(pipe);
      const wishes = (frame['subscriptions'] ?? []) as readonly (Wish & { readonly channel: string })[];
      for (const wish of wishes) this.#channel(wish.channel).subscribe(pipe, undefined, wish);
      return;
    }
    if (!this.#pipes.has(pipe)) return;
    switch (type) {
      case 'subscribe':
        return this.#channel(channel).subscribe(pipe, id, frame);
      case 'unsubscribe':
        this.#channel(channel).unsubscribe(pipe);
        return this.#tell([pipe], { type: 'unsubscribed', id, channel });
      case 'enter':
        return this.#membersOf(channel).enter({ pipe, state: frame['state'], atMs }, id);
      case 'leave':
        return this.#membersOf(channel).leave(pipe, id);
      case 'publish':
        return this.#publish(pipe, frame);
      case 'ping':
        this.#owner.doubt();
        break;
      default:
    }
    this.ask(
      frame,
      (answer) => this.#tell([pipe], { ...answer, id }),
      (error) => this.#tell([pipe], { type: 'error', id, error }),
    );
  }

  #publish(pipe: string, frame: Frame): void {
    const { id, channel } = frame;
    const { event, key = '', echo = false, ifPosition = null, data, base64 } = frame as Frame & Publish;
    const body: Body = base64 === undefined ? { data } : { base64 };
    // Two tabs may publish with the same key: both are answered.
    const entry = { key: `${pipe}#${id} ${key}`, channel, event, body, ifPosition, optimistic: echo };
    this.#publishing.add(entry, {
      stored: (position) => this.#tell([pipe], { type: 'published', id, channel, position }),
      refused: (error) => this.#tell([pipe], { type: 'error', id, error }),
    });
  }

  #welcome(pipe: string): void {
    // What must be said now and then, and when the token expires, is the leader's matter.
    const id = this.#pipes.get(pipe);
    this.#tell([pipe], { ...this.#connected, id, session: null, speakWithinMs: null, expiresInMs: null });
  }

  #channel(name: string): SharedChannel {
    return ensured(this.#channels, name, () => new SharedChannel(name, this.#host));
  }

  #membersOf(name: string): SharedMembers {
    return ensured(this.#members, name, () => {
      return new SharedMembers(name, this.#host, (afterMs, run) => {
        return this.#environment.timer(afterMs, () => this.#over || run());
      });
    });
  }

  #tell(pipes: readonly string[], frame: Readonly<Record<string, unknown>>): void {
    const there = pipes.filter((pipe) => this.#pipes.has(pipe));
    if (there.length > 0) this.#owner.tell(there, line(frame));
  }
}

interface Publish {
  readonly event: string;
  readonly key?: string;
  readonly echo?: boolean;
  readonly ifPosition?: string;
  readonly data?: unknown;
  readonly base64?: string;
}

function line(frame: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify(frame)}\n`;
}

function ensured<Value>(map: Map<string, Value>, name: string, make: () => Value): Value {
  let value = map.get(name);
  if (value === undefined) map.set(name, (value = make()));
  return value;
}
