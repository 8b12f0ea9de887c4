import type { Exchange, Framing, Head, Session, Transport, UpgradeOptions } from '@rt/core';
import { RtError } from '@rt/protocol';
import type { Gates } from './gates.ts';
import type { Journal, Moment } from './journal.ts';
import type { Notices, Request, WireEnd, WireHost } from './wire-end.ts';
import { pingFrame, plainFraming, socketFraming } from './wire-framing.ts';

type Item =
  | { readonly type: 'head'; readonly head: Head }
  | { readonly type: 'bytes'; readonly bytes: Uint8Array; readonly written: Moment }
  | { readonly type: 'reply'; readonly head: Head; readonly body: string; readonly written: Moment }
  | { readonly type: 'end' };

const decoder = new TextDecoder();
const nothing = new Uint8Array(0);

/** One request and what comes of it, over a network that may be slow, cut, or gone without a word. */
export class Wire implements Exchange {
  readonly method: string;
  readonly query: URLSearchParams;
  readonly address: string | null = null;
  readonly upgradable: boolean;
  readonly name: string;
  closed = false;
  /** Whether the server has nothing more to say here. */
  ending = false;
  /** Whether the server was ever told to wait here. */
  wasSlow = false;
  /** The server that it has reached, once it has reached one. */
  host: WireHost | null = null;
  /** Whether the other end has gone, and the server cannot know yet. */
  vanished = false;
  readonly #request: Request;
  readonly #end: WireEnd;
  readonly #journal: Journal;
  readonly #gates: Gates;
  readonly #room: number;
  readonly #down: Item[] = [];
  readonly #up: string[] = [];
  #arrive: (() => void) | null;
  #downHeld = false;
  #upHeld = false;
  #needsDrain = false;
  #answered = false;
  #endGone = false;
  #session: Session | null = null;
  #onGone: (() => void) | null = null;
  #loseBody: (() => void) | null = null;

  /** @param arrive Hands the request to the server, when it comes there. */
  constructor(
    name: string,
    request: Request,
    end: WireEnd,
    world: {
      readonly journal: Journal;
      readonly gates: Gates;
      readonly room: number;
      readonly arrive: (wire: Wire) => void;
    },
  ) {
    this.name = name;
    this.method = request.method;
    this.query = new URLSearchParams(request.query);
    this.upgradable = 'upgrade' in request.headers;
    this.#request = request;
    this.#end = end;
    this.#journal = world.journal;
    this.#gates = world.gates;
    this.#room = world.room;
    this.#arrive = () => world.arrive(this);
  }

  /** Whether the server talks to a session here, and so hears of its silence. */
  get carriesSession(): boolean {
    return this.#session !== null && (this.upgradable || this.method === 'POST');
  }

  /** Whether something can still happen here. */
  get live(): boolean {
    return !this.closed || !this.#endGone;
  }

  header(name: string): string | null {
    return this.#request.headers[name] ?? null;
  }

  onGone(run: () => void): void {
    this.#onGone = run;
  }

  async readText(): Promise<string> {
    const late = this.#gates.pass('body');
    if (late !== null) {
      const lost = new Promise<void>((resolve) => {
        this.#loseBody = resolve;
      });
      await Promise.race([late, lost]);
    }
    if (this.closed) throw new RtError('body_incomplete', 'the request was cut');
    return this.#request.body;
  }

  reply(head: Head, body: string | Uint8Array): void {
    this.#answer();
    if (this.closed) return;
    this.closed = true;
    const text = typeof body === 'string' ? body : decoder.decode(body);
    this.#journal.note(() => `  ${this.name} is answered ${head.status} ${text.trim()}`);
    this.#push({ type: 'reply', head, body: text, written: this.#journal.moment() });
  }

  stream(head: Head, session: Session): Transport {
    this.#answer();
    this.#push({ type: 'head', head });
    return this.#transport(session, plainFraming);
  }

  upgrade(session: Session, _options: UpgradeOptions): Transport {
    this.#answer();
    this.#push({ type: 'head', head: { status: 101, headers: {}, keepAlive: true } });
    return this.#transport(session, socketFraming);
  }

  /** The client says something on a WebSocket. */
  send(text: string): void {
    if (this.#endGone || this.vanished || this.closed) return;
    this.#up.push(text);
  }

  /** Stops one direction: what is sent waits on the way. */
  hold(way: 'down' | 'up'): void {
    if (way === 'down') this.#downHeld = true;
    else this.#upHeld = true;
  }

  /** Both directions flow again. */
  flow(): void {
    this.#downHeld = false;
    this.#upHeld = false;
    this.deliver(Number.POSITIVE_INFINITY);
  }

  /** Carries what waits to the server, unless that is held: the request itself, and then what is said. */
  carryUp(): void {
    if (!this.#upHeld) this.#carryUp();
  }

  /** Lets so much of what is on its way to the client arrive, and all that is on its way to the server. */
  deliver(count: number): void {
    this.#carryUp();
    if (this.vanished) return;
    for (let left = count; left > 0 && this.#down.length > 0; left -= 1) this.#arriveBelow();
    if (this.#down.length > 0 || !this.#needsDrain || this.closed) return;
    this.#needsDrain = false;
    this.#session?.drained();
  }

  /** The connection is gone, with what was on its way; whoever does not notice is told by `notice`. */
  cut(notices: Notices): void {
    this.#down.length = 0;
    this.#up.length = 0;
    this.vanished = true;
    if (notices === 'both' || notices === 'client') this.#tellEnd();
    if (notices === 'both' || notices === 'server') this.#tellServer();
  }

  /** The client closes it in good order, and does not mean to come back. */
  quit(): void {
    if (this.vanished || this.closed) return;
    this.#down.length = 0;
    this.#up.length = 0;
    this.vanished = true;
    this.#tellServer('left');
    this.#tellEnd();
  }

  /** The client gives it up. The server notices if it can. */
  leave(): void {
    if (this.vanished || this.closed) this.#tellEnd();
    else this.cut('both');
  }

  /** Whoever has not noticed that the connection is cut does so now. */
  notice(): void {
    if (!this.vanished) return;
    this.#tellServer();
    this.#tellEnd();
  }

  #transport(session: Session, framing: Framing): Transport {
    this.#session = session;
    return {
      framing,
      write: (bytes) => this.#write(bytes),
      end: () => {
        this.ending = true;
        this.#push({ type: 'end' });
      },
      abort: () => {
        // Who is dead is said goodbye to first, and a server that closes has a limit.
        const { wasSlow, ending, vanished, host } = this;
        if (!wasSlow && !ending && !vanished && host?.closing === false && !host.ledger.overran) {
          this.#journal.fail(`${this.name} was cut off, and was never slow`);
        }
        this.#down.length = 0;
        this.#over();
        if (!this.vanished) this.#tellEnd();
      },
    };
  }

  #write(bytes: Uint8Array): boolean {
    const written = this.#journal.moment();
    const text = (): string => decoder.decode(bytes);
    this.#journal.note(() => `  ${this.name} is written ${JSON.stringify(text())}${this.vanished ? ' (lost)' : ''}`);
    if (this.closed) this.#journal.fail(`${this.name} was written to after its end`);
    // Replies go out also to a slow peer; what comes of channels waits in their logs.
    if (
      this.#needsDrain &&
      this.#down.length >= this.#room &&
      /^(data: )?\{"type":"(publications|presence)"|^event: (said|checked|waved)$/m.test(text())
    ) {
      this.#journal.fail(`${this.name} was written publications while it was slow`);
    }
    this.#push({ type: 'bytes', bytes, written });
    // As a socket does: it may take more before it is empty, and says only then that it has drained.
    const takesMore = this.#down.length === 0 || this.#down.length < this.#room;
    if (!takesMore) this.#needsDrain = true;
    if (!takesMore) this.wasSlow = true;
    return takesMore;
  }

  #push(item: Item): void {
    this.#down.push(item);
    if (this.#downHeld || this.vanished) return;
    while (this.#down.length > 0) this.#arriveBelow();
  }

  #arriveBelow(): void {
    const item = this.#down.shift();
    if (item === undefined) return;
    try {
      this.#arrived(item);
    } catch (cause) {
      // Thrown into the server's turn it would be taken for the transport's.
      this.#journal.fail(`${this.name} cannot read what came: ${String(cause)}`);
    }
  }

  #arrived(item: Item): void {
    switch (item.type) {
      case 'head':
        return this.#end.head(item.head);
      case 'bytes':
        // A WebSocket answers a ping by itself.
        if (item.bytes !== pingFrame) return this.#end.received(item.bytes, item.written);
        this.send('');
        return this.#end.received(nothing, item.written);
      case 'reply':
        this.#end.replied(item.head.status, item.body, item.written);
        return this.#tellEnd();
      case 'end':
        this.#over();
        return this.#tellEnd();
    }
  }

  #carryUp(): void {
    if (this.vanished) return;
    const arrive = this.#arrive;
    this.#arrive = null;
    arrive?.();
    // What comes before the upgrade waits for it.
    if (this.#session === null) return;
    for (const text of this.#up.splice(0)) {
      if (this.closed) return;
      this.#journal.note(() => `  ${this.name} hears ${text.trim() === '' ? 'a pong' : text.trim()}`);
      this.#session.receive(text);
    }
  }

  #answer(): void {
    if (this.#answered) this.#journal.fail(`${this.name} was answered twice`);
    this.#answered = true;
  }

  #over(): void {
    if (this.closed) return;
    this.closed = true;
    this.#session?.closed({ type: 'done' });
  }

  #tellServer(type: 'peer' | 'left' = 'peer'): void {
    if (this.closed) return;
    this.closed = true;
    // A request that was lost on its way never comes.
    if (this.#arrive !== null) return;
    this.#journal.note(() => `  the server notices that ${this.name} is gone`);
    this.#loseBody?.();
    this.#onGone?.();
    const over = (): void => this.#session?.closed({ type });
    const presence = this.host?.presence ?? null;
    if (presence === null) over();
    else presence.during(type === 'left' ? 'gone' : 'broken', over);
  }

  #tellEnd(): void {
    if (this.#endGone) return;
    this.#endGone = true;
    this.#end.closed();
  }
}
