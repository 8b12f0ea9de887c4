/** When and where a price was seen. Prices change: look again before you decide. */
export interface Seen {
  readonly url: string;
  /** The day, as `2026-05-08`, or as near to it as is known. */
  readonly seenOn: string;
  readonly note: string;
}

/** A plan with a lid: who needs more takes the next one. */
export interface LiddedPlan {
  readonly name: string;
  readonly usdPerMonth: number;
  readonly connections: number;
  readonly messagesPerDay: number;
}

/** A plan that is paid by use, on top of its base. */
export interface MeteredPlan {
  readonly name: string;
  readonly usdPerMonth: number;
  readonly connections: number;
  readonly channels: number;
  readonly messagesPerSecond: number;
}

/** Pusher Channels. A message is each publication, and each of its deliveries. */
export const pusher: Seen & { readonly plans: readonly LiddedPlan[] } = {
  url: 'https://pusher.com/channels/pricing',
  seenOn: '2026-05-08',
  note: 'as copied by apievangelist.com on that day',
  plans: [
    { name: 'Sandbox', usdPerMonth: 0, connections: 100, messagesPerDay: 200_000 },
    { name: 'Startup', usdPerMonth: 49, connections: 500, messagesPerDay: 1_000_000 },
    { name: 'Pro', usdPerMonth: 99, connections: 2000, messagesPerDay: 4_000_000 },
    { name: 'Business', usdPerMonth: 299, connections: 5000, messagesPerDay: 10_000_000 },
    { name: 'Premium', usdPerMonth: 499, connections: 10_000, messagesPerDay: 20_000_000 },
    { name: 'Growth', usdPerMonth: 699, connections: 15_000, messagesPerDay: 40_000_000 },
    { name: 'Plus', usdPerMonth: 899, connections: 20_000, messagesPerDay: 60_000_000 },
    { name: 'Growth Plus', usdPerMonth: 1199, connections: 30_000, messagesPerDay: 90_000_000 },
  ],
};

/** Ably, by use. Counts messages as Pusher does. */
export const ably: Seen & {
  readonly plans: readonly MeteredPlan[];
  readonly freeMessagesPerMonth: number;
  readonly usdPerMillionMessages: number;
  /** Of connections, and of channels, each. */
  readonly usdPerMillionMinutes: number;
  /** What is left of both prices for those who use very much. */
  readonly leastShare: number;
} = {
  url: 'https://ably.com/docs/platform/pricing',
  seenOn: '2026-05-08',
  note: 'the prices by use, as ably.com had them beside those by monthly active user. Since then new accounts pay by monthly active user: ask for an offer',
  plans: [
    { name: 'Free', usdPerMonth: 0, connections: 200, channels: 200, messagesPerSecond: 500 },
    { name: 'Standard', usdPerMonth: 29, connections: 10_000, channels: 10_000, messagesPerSecond: 2500 },
    { name: 'Pro', usdPerMonth: 399, connections: 50_000, channels: 50_000, messagesPerSecond: 10_000 },
  ],
  freeMessagesPerMonth: 6_000_000,
  usdPerMillionMessages: 2.5,
  usdPerMillionMinutes: 1,
  leastShare: 0.2,
};

/** A small server of your own: a Basic Droplet of DigitalOcean. */
export const server: Seen & {
  readonly usdPerMonth: number;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly transferGiB: number;
  readonly usdPerFurtherGiB: number;
} = {
  url: 'https://www.digitalocean.com/pricing/droplets',
  seenOn: 'early 2026',
  note: 'a Basic Droplet with 2 shared cores; further traffic as docs.digitalocean.com had it on 2025-05-07',
  usdPerMonth: 24,
  cores: 2,
  memoryGiB: 4,
  transferGiB: 4000,
  usdPerFurtherGiB: 0.01,
};
