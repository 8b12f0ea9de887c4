import type { Channel, Client, EventsOf, Gap, PresenceSnapshot, StateOf, TransportOption } from '@rt/client';
import { createClient } from '@rt/client';
import type { channels } from '../channels.ts';
import type { FeedState } from './feed-state.ts';
import { feedState } from './feed-state.ts';
import type { Road, Traffic } from './road.ts';

type Channels = typeof channels;
type Metrics = Channel<EventsOf<Channels, 'host:metrics'>, StateOf<Channels, 'host:metrics'>>;
export type Viewers = PresenceSnapshot<StateOf<Channels, 'host:metrics'>>;

export interface FeedOptions {
  readonly road: Road;
  /** How many of the newest to begin with. */
  readonly last: number;
  /** What this page is looked at with. */
  readonly on: string;
  onState(state: FeedState, before: FeedState): void;
  onSample(position: string, data: unknown): void;
  onGap(gap: Gap): void;
  onViewers(viewers: Viewers): void;
}

const cutMs = 5000;

/** The figures of the machine and who looks at them, over whichever transport; what was seen is not asked for again. */
export class Feed {
  readonly #options: FeedOptions;
  #client: Client<Channels> | null = null;
  #metrics: Metrics | null = null;
  #stops: (() => void)[] = [];
  #state: FeedState = { name: 'connecting' };
  #position: string | null = null;
  #cutUntilMs: number | null = null;
  #cutTimer: ReturnType<typeof setTimeout> | undefined;
  #messages = 0;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  get state(): FeedState {
    return this.#state;
  }

  /** How much has come over the transport that is used now. */
  get traffic(): Traffic & { readonly messages: number } {
    return { ...this.#options.road.traffic, messages: this.#messages };
  }

  /** Reads over another transport, from where the last one has come to. */
  use(transport: TransportOption): void {
    const { road, last, on } = this.#options;
    for (const stop of this.#stops.splice(0)) stop();
    this.#client?.close();
    road.reset();
    this.#messages = 0;
    const client = createClient<Channels>('/rt', { transport, environment: road.environment });
    const from = this.#position === null ? { last } : { after: this.#position };
    const metrics = client.channel('host:metrics', { from });
    this.#client = client;
    this.#metrics = metrics;
    const { presence } = metrics;
    const settle = (): void => this.#settle();
    this.#stops = [
      metrics.on('sample', (data, { position }) => {
        this.#messages += 1;
        if (position === null) return;
        this.#position = position;
        this.#options.onSample(position, data);
      }),
      metrics.onGap((gap) => this.#options.onGap(gap)),
      presence.subscribe(() => this.#options.onViewers(presence.getSnapshot())),
      client.subscribe(settle),
      metrics.subscribe(settle),
    ];
    // Whoever only polls is not there.
    presence.enter({ on }).catch(() => {});
    this.#settle();
  }

  /** Breaks the connection for a while. */
  cut(): void {
    clearTimeout(this.#cutTimer);
    this.#cutUntilMs = Date.now() + cutMs;
    this.#cutTimer = setTimeout(() => this.retryNow(), cutMs);
    this.#options.road.cut();
    this.#settle();
  }

  retryNow(): void {
    clearTimeout(this.#cutTimer);
    this.#cutUntilMs = null;
    this.#options.road.mend();
    this.#client?.retryNow();
    this.#settle();
  }

  #settle(): void {
    if (this.#client === null || this.#metrics === null) return;
    const before = this.#state;
    this.#state = feedState({
      connection: this.#client.status,
      channel: this.#metrics.status,
      cutUntilMs: this.#cutUntilMs,
      before,
      online: navigator.onLine,
      nowMs: Date.now(),
    });
    if (JSON.stringify(this.#state) !== JSON.stringify(before)) this.#options.onState(this.#state, before);
  }
}
