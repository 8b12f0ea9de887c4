/** What an app asks of its live part. */
export interface Need {
  /** Clients that are there at the same time. */
  readonly clients: number;
  /** Channels that there are, over all clients. */
  readonly channels: number;
  /** Channels that each client reads. */
  readonly channelsPerClient: number;
  /** Publications to each channel, a second. */
  readonly perSecond: number;
  /** Bytes of a publication's data. */
  readonly payloadBytes: number;
  /** How late a publication may be seen, in seconds. 0 is at once. */
  readonly lateSeconds: number;
  /** What each client says to the server, times a minute. */
  readonly saysPerMinute: number;
  /** Hours a day at which that many are there. */
  readonly hoursPerDay: number;
}

/** The range of an input, and what it begins with. */
export interface Range {
  readonly least: number;
  readonly most: number;
  readonly begin: number;
  readonly whole: boolean;
}

export const ranges: Readonly<Record<keyof Need, Range>> = {
  clients: { least: 1, most: 1_000_000, begin: 2000, whole: true },
  channels: { least: 1, most: 1_000_000, begin: 20, whole: true },
  channelsPerClient: { least: 1, most: 100, begin: 1, whole: true },
  perSecond: { least: 0, most: 1000, begin: 1, whole: false },
  payloadBytes: { least: 0, most: 262_144, begin: 200, whole: true },
  lateSeconds: { least: 0, most: 3600, begin: 0, whole: false },
  saysPerMinute: { least: 0, most: 6000, begin: 1, whole: false },
  hoursPerDay: { least: 1, most: 24, begin: 8, whole: false },
};

/** What the calculator begins with. */
export const beginning: Need = withinRanges({});

/** A need whose every number is one, and in its range. What is none is what the calculator begins with. */
export function withinRanges(given: { readonly [Key in keyof Need]?: unknown }): Need {
  const bounded = (key: keyof Need): number => {
    const { least, most, begin, whole } = ranges[key];
    const value =
      given[key] === '' || given[key] === undefined || given[key] === null ? Number.NaN : Number(given[key]);
    const number = Number.isNaN(value) ? begin : Math.min(Math.max(value, least), most);
    return whole ? Math.round(number) : number;
  };
  const channels = bounded('channels');
  return {
    clients: bounded('clients'),
    channels,
    channelsPerClient: Math.min(bounded('channelsPerClient'), channels),
    perSecond: bounded('perSecond'),
    payloadBytes: bounded('payloadBytes'),
    lateSeconds: bounded('lateSeconds'),
    saysPerMinute: bounded('saysPerMinute'),
    hoursPerDay: bounded('hoursPerDay'),
  };
}
