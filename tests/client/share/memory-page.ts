import type { Environment, Pipe, PipeEvents, PipeRequest, Sign, Transport } from '@rt/client';
import type { Exchange, Head, RequestHub, Session, Transport as HubTransport } from '@rt/core';
import type { VirtualClock } from '@rt/testkit';
import type { LockEvents, MemoryBrowser } from './memory-browser.ts';

/** A page of a browser in memory. It runs, is frozen, in which all that would happen waits, or is dead. */
export class MemoryPage {
  readonly environment: Environment;
  readonly transport: Transport;
  readonly #browser: MemoryBrowser;
  readonly #sockets = new Set<PageSocket>();
  readonly #watchers = new Set<(sign: Sign) => void>();
  #state: 'running' | 'frozen' | 'dead' = 'running';
  #waiting: (() => void)[] = [];

  constructor(browser: MemoryBrowser, hasTabs: boolean) {
    this.#browser = browser;
    const { clock, random } = browser;
    this.environment = {
      now: () => clock.now(),
      timer: (afterMs, run) => {
        let over = false;
        const cancel = clock.timer(afterMs, () => this.run(() => over || run()));
        return () => {
          over = true;
          cancel();
        };
      },
      random,
      fetch,
      WebSocket: null,
      ...(hasTabs && {
        tabs: {
          lock: (lock, how, events) => browser.lock(lock, how, this.#guarded(events), this),
          talk: (channel, heard) => browser.talk(channel, heard, this),
        },
      }),
      watch: (listener) => {
        this.#watchers.add(listener);
        return () => this.#watchers.delete(listener);
      },
    };
    this.transport = { name: 'websocket', open: (request, events) => this.#open(request, events) };
  }

  get state(): 'running' | 'frozen' | 'dead' {
    return this.#state;
  }

  get sockets(): number {
    return [...this.#sockets].filter(({ open }) => open).length;
  }

  /** Does something of this page: now, when it thaws, or never. */
  run(what: () => void): void {
    if (this.#state === 'running') what();
    else if (this.#state === 'frozen') this.#waiting.push(what);
  }

  sign(sign: Sign): void {
    this.run(() => {
      for (const listener of [...this.#watchers]) listener(sign);
    });
  }

  /** Stops in the middle of everything; with a word before, as a browser gives, or without, as by an endless loop. */
  freeze(told: boolean): void {
    if (told) this.sign('frozen');
    if (this.#state === 'running') this.#state = 'frozen';
  }

  thaw(): void {
    if (this.#state !== 'frozen') return;
    this.#state = 'running';
    for (const what of this.#waiting.splice(0)) this.run(what);
    this.sign('thawed');
  }

  /** Dies without a word: the browser takes back what it had. */
  crash(): void {
    this.#state = 'dead';
    this.#waiting = [];
    this.cut();
    this.#browser.died(this);
  }

  /** Its connections break. */
  cut(): void {
    for (const socket of this.#sockets) socket.broken();
    this.#sockets.clear();
  }

  #guarded({ held, stolen }: LockEvents): LockEvents {
    return { held: () => this.run(held), stolen: () => this.run(stolen) };
  }

  #open({ hello }: PipeRequest, events: PipeEvents): Pipe {
    const socket = new PageSocket(this.#browser, {
      lines: (lines) =>
        this.run(() => {
          if (!socket.alive) return;
          events.alive();
          events.lines(lines);
        }),
      ended: () => this.run(() => socket.end(events)),
    });
    this.#sockets.add(socket);
    socket.connect(hello);
    return {
      send: (lines) => socket.send(lines),
      last: (lines) => socket.send(lines),
      named() {},
      close: (inOrder) => {
        socket.close(inOrder);
        socket.end(events);
      },
    };
  }
}

interface SocketEvents {
  lines(lines: string): void;
  ended(): void;
}

/** A WebSocket to the hub of the browser's world, on which everything takes its time. */
class PageSocket implements Exchange {
  readonly method = 'GET';
  readonly query: URLSearchParams = new URLSearchParams();
  readonly address = null;
  readonly upgradable = true;
  readonly #browser: MemoryBrowser;
  readonly #events: SocketEvents;
  readonly #clock: VirtualClock;
  #session: Session | null = null;
  #open = true;
  #lastMs = 0;
  /** Whether the page has not been told its end. */
  alive = true;

  constructor(browser: MemoryBrowser, events: SocketEvents) {
    this.#browser = browser;
    this.#events = events;
    this.#clock = browser.clock;
  }

  get open(): boolean {
    return this.#open;
  }

  get closed(): boolean {
    return !this.#open;
  }

  connect(hello: string): void {
    const hub: RequestHub | null = this.#browser.hub;
    if (hub === null) return this.#later(() => this.broken());
    this.#later(() => {
      if (!this.#open) return;
      void hub.handle(this, () => this.#browser.user).then(() => this.#session?.receive(hello));
    });
  }

  send(lines: string): void {
    this.#later(() => this.#open && this.#session?.receive(lines));
  }

  close(inOrder: boolean): void {
    this.#over(inOrder ? 'left' : 'peer');
  }

  broken(): void {
    this.#over('peer');
    this.#later(() => this.#events.ended());
  }

  end(events: PipeEvents): void {
    if (!this.alive) return;
    this.alive = false;
    events.ended({ type: 'lost' });
  }

  header(name: string): string | null {
    return name === 'upgrade' ? 'websocket' : null;
  }

  onGone(): void {}

  async readText(): Promise<string> {
    return '';
  }

  reply(_head: Head, _body: string | Uint8Array): void {
    this.broken();
  }

  stream(): HubTransport {
    throw new Error('a WebSocket was asked for');
  }

  upgrade(session: Session): HubTransport {
    this.#session = session;
    const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
    return {
      framing: { name: 'memory', frame: encode, heartbeat: encode },
      write: (bytes) => {
        const lines = new TextDecoder().decode(bytes);
        this.#later(() => this.#events.lines(lines));
        return true;
      },
      end: () => this.#ended(),
      abort: () => this.#ended(),
    };
  }

  #ended(): void {
    this.#over('done');
    this.#later(() => this.#events.ended());
  }

  #over(type: 'peer' | 'left' | 'done'): void {
    if (!this.#open) return;
    this.#open = false;
    this.#session?.closed({ type });
  }

  /** One after the other, each after a while. */
  #later(run: () => void): void {
    this.#lastMs = Math.max(this.#lastMs, this.#clock.now() + this.#browser.random() * this.#browser.latencyMs);
    this.#clock.timer(this.#lastMs - this.#clock.now(), run);
  }
}
