import { formatPosition, parsePosition, type Position } from './position.ts';
import { backoffMs, dueMsOf, firstState, nextState, type StreamInput, type StreamState } from './stream-state.ts';

export interface Publication {
  readonly position: Position;
  readonly data: unknown;
}

export interface Gap {
  readonly reason: string;
  /** Where the stream goes on. */
  readonly position: Position | null;
}

export interface StreamOptions {
  readonly url: string;
  readonly channel: string;
  readonly event: string;
  /** How many of the newest to begin with. */
  readonly last: number;
  onState(state: StreamState, before: StreamState): void;
  onPublication(publication: Publication): void;
  onGap(gap: Gap): void;
}

/** A connection can be dead without a word (a laptop that slept); this channel says something every second. */
const silentMs = 15_000;
const cutMs = 5000;
const offlineMs = 10_000;

/** One channel through EventSource: holds the position and makes what exists match what the state wants. */
export class Stream {
  readonly #options: StreamOptions;
  #state: StreamState = firstState;
  #source: EventSource | null = null;
  #position: Position | null = null;
  #failures = 0;
  #dueTimer: ReturnType<typeof setTimeout> | undefined;
  #silenceTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#settle();
    // A stream that flows is not given up for what the browser thinks of the network.
    addEventListener('offline', () => {
      if (this.#state.name !== 'live') this.#goOffline();
    });
    addEventListener('online', () => this.retryNow());
    document.addEventListener('visibilitychange', () => {
      const waitsForServer = this.#state.name === 'reconnecting' && this.#state.why !== 'cut';
      if (document.visibilityState === 'visible' && waitsForServer) this.retryNow();
    });
  }

  get state(): StreamState {
    return this.#state;
  }

  cut(): void {
    this.#take({ name: 'cut', waitMs: cutMs });
  }

  retryNow(): void {
    this.#take({ name: 'retry-now' });
  }

  #take(input: StreamInput): void {
    const before = this.#state;
    this.#state = nextState(before, input, Date.now());
    this.#settle();
    if (this.#state !== before) this.#options.onState(this.#state, before);
  }

  #settle(): void {
    clearTimeout(this.#dueTimer);
    const dueMs = dueMsOf(this.#state);
    if (dueMs !== null) {
      this.#close();
      this.#dueTimer = setTimeout(() => this.#take({ name: 'due' }), dueMs - Date.now());
    } else if (this.#source === null || this.#source.readyState === EventSource.CLOSED) this.#open();
  }

  #open(): void {
    this.#close();
    const source = new EventSource(this.#address());
    this.#source = source;
    source.addEventListener('open', () => {
      this.#failures = 0;
      this.#take({ name: 'opened' });
    });
    source.addEventListener('error', () => this.#failed(source));
    source.addEventListener(this.#options.event, (event) => this.#published(event));
    source.addEventListener('rt.gap', (event) => this.#gap(event));
    source.addEventListener('rt.bye', (event) => this.#ended(event));
    this.#heard();
  }

  #close(): void {
    clearTimeout(this.#silenceTimer);
    this.#source?.close();
    this.#source = null;
  }

  /** The first time the newest ones, later whatever came after the last one seen. */
  #address(): string {
    const query = new URLSearchParams({ channel: this.#options.channel });
    if (this.#position === null) query.set('last', String(this.#options.last));
    else query.set('after', formatPosition(this.#position));
    return `${this.#options.url}?${query}`;
  }

  #published(event: MessageEvent<string>): void {
    this.#heard();
    const position = parsePosition(event.lastEventId);
    if (position === null) return;
    const last = this.#position;
    if (last !== null && last.epoch === position.epoch && position.offset <= last.offset) return;
    this.#position = position;
    this.#options.onPublication({ position, data: JSON.parse(event.data) });
  }

  #gap(event: MessageEvent<string>): void {
    this.#heard();
    const gap = JSON.parse(event.data) as { readonly reason?: string; readonly position?: string };
    const position = parsePosition(gap.position ?? '');
    // After "ahead" the log goes on below the last one seen: what follows is new all the same.
    if (position !== null) this.#position = position;
    this.#options.onGap({ reason: gap.reason ?? 'unknown', position });
  }

  #ended(event: MessageEvent<string>): void {
    const bye = JSON.parse(event.data) as { readonly retryInMs?: number };
    this.#take({ name: 'ended', waitMs: bye.retryInMs ?? 1000 });
  }

  #failed(source: EventSource): void {
    if (source !== this.#source) return;
    if (!navigator.onLine) this.#goOffline();
    else if (source.readyState === EventSource.CONNECTING) this.#take({ name: 'dropped' });
    else this.#fail();
  }

  #goOffline(): void {
    this.#take({ name: 'network-gone', waitMs: offlineMs });
  }

  #fail(): void {
    this.#close();
    this.#take({ name: 'failed', waitMs: backoffMs(this.#failures++) });
  }

  #heard(): void {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => this.#fail(), silentMs);
  }
}
