import type { Client, Gap, PresenceSnapshot, StateOf, TransportOption } from '@rt/client';
import { createClient } from '@rt/client';
import type { Connection, Road, Traffic } from '@rt/example-ui';
import type { channels } from '../channels.ts';

type Channels = typeof channels;
export type Viewers = PresenceSnapshot<StateOf<Channels, 'host:metrics'>>;

export interface FeedOptions {
  readonly road: Road;
  /** Is told which client there is. */
  readonly connection: Connection;
  /** How many of the newest to begin with. */
  readonly last: number;
  /** What this page is looked at with. */
  readonly on: string;
  onSample(position: string, data: unknown): void;
  onGap(gap: Gap): void;
  onViewers(viewers: Viewers): void;
}

/** The figures of the machine and who looks at them, over whichever transport; what was seen is not asked for again. */
export class Feed {
  readonly #options: FeedOptions;
  #client: Client<Channels> | null = null;
  #stops: (() => void)[] = [];
  #position: string | null = null;
  #messages = 0;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** How much has come over the transport that is used now. */
  get traffic(): Traffic & { readonly messages: number } {
    return { ...this.#options.road.traffic, messages: this.#messages };
  }

  /** Reads over another transport, from where the last one has come to. */
  use(transport: TransportOption): void {
    const { road, connection, last, on } = this.#options;
    for (const stop of this.#stops.splice(0)) stop();
    this.#client?.close();
    road.reset();
    this.#messages = 0;
    const client = createClient<Channels>('/rt', { transport, environment: road.environment });
    const from = this.#position === null ? { last } : { after: this.#position };
    const metrics = client.channel('host:metrics', { from });
    this.#client = client;
    const { presence } = metrics;
    this.#stops = [
      metrics.on('sample', (data, { position }) => {
        this.#messages += 1;
        if (position === null) return;
        this.#position = position;
        this.#options.onSample(position, data);
      }),
      metrics.onGap((gap) => this.#options.onGap(gap)),
      presence.subscribe(() => this.#options.onViewers(presence.getSnapshot())),
      connection.watch(client, metrics),
    ];
    // Whoever only polls is not there.
    presence.enter({ on }).catch(() => {});
  }
}
