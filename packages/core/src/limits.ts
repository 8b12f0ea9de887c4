import { wholeNumber, wholeNumberOrOff } from './whole-number.ts';

/** How fast a session may send frames. One that is refused is told when to try again. */
export interface RateOptions {
  /** Frames of all kinds. @default 50 */
  readonly commandsPerSecond?: number;
  /** Publications among them. @default 25 */
  readonly publishesPerSecond?: number;
  /** How many of each may come at once after a while of quiet. @default 100 */
  readonly burst?: number;
}

/** Who is let in. Whoever is not is told to come back later. */
export interface AdmissionOptions {
  /** The most connections of one user, of all transports; `false` for any number. @default 100 */
  readonly connectionsPerUser?: number | false;
  /**
   * The most connections from one network address (for IPv6 from one /64); `false` for any number. Behind a proxy the
   * host must know the client's address, as Express does with `trust proxy`. @default false
   */
  readonly connectionsPerAddress?: number | false;
  /** The most WebSockets that have been opened and have not said who they are. @default 1_000 */
  readonly pendingHandshakes?: number | false;
  /** Nobody new is let in while the event loop is late by more than this; `false` for never. @default 1_000 */
  readonly loopDelayMs?: number | false;
}

export interface LimitOptions {
  /** The largest data of one publication: its JSON in UTF-8, or its bytes. @default 262_144 */
  readonly maxPublicationBytes?: number;
  /** The largest state of a member: its JSON in UTF-8. @default 2_048 */
  readonly maxStateBytes?: number;
  /** The largest message of a client: a WebSocket message or a request body. @default 65_536 */
  readonly maxFrameBytes?: number;
  /** The most channels of one plain stream. @default 16 */
  readonly maxChannelsPerStream?: number;
  /** The most channels of one session that it is subscribed to, and that it is a member of. @default 100 */
  readonly maxChannelsPerSession?: number;
  /** The most publications of one page. @default 1_000 */
  readonly maxPageSize?: number;
  /** The longest that a poll may wait. @default 60_000 */
  readonly maxWaitMs?: number;
  /** How fast a session may send frames; `false` for as fast as it can. */
  readonly rates?: RateOptions | false;
  /** Who is let in. */
  readonly admission?: AdmissionOptions;
}

/** The rates with every default filled in. */
export type Rates = Required<RateOptions>;

/** Who is let in; `null` is any number. */
export type Admission = { readonly [Name in keyof Required<AdmissionOptions>]: number | null };

/** The limits with every default filled in. */
export interface Limits extends Required<Omit<LimitOptions, 'rates' | 'admission'>> {
  readonly rates: Rates | null;
  readonly admission: Admission;
}

/** @throws RtError `option_invalid` */
export function limits(options: LimitOptions): Limits {
  const least = (name: keyof LimitOptions & `max${string}`, fallback: number, min: number): number =>
    wholeNumber(`limits.${name}`, options[name], { fallback, min });
  return {
    maxPublicationBytes: least('maxPublicationBytes', 262_144, 1),
    maxStateBytes: least('maxStateBytes', 2_048, 4),
    maxFrameBytes: least('maxFrameBytes', 65_536, 1),
    maxChannelsPerStream: least('maxChannelsPerStream', 16, 1),
    maxChannelsPerSession: least('maxChannelsPerSession', 100, 1),
    maxPageSize: least('maxPageSize', 1_000, 1),
    maxWaitMs: least('maxWaitMs', 60_000, 0),
    rates: options.rates === false ? null : rates(options.rates ?? {}),
    admission: admission(options.admission ?? {}),
  };
}

function rates(options: RateOptions): Rates {
  const least = (name: keyof RateOptions, fallback: number): number =>
    wholeNumber(`limits.rates.${name}`, options[name], { fallback, min: 1 });
  return {
    commandsPerSecond: least('commandsPerSecond', 50),
    publishesPerSecond: least('publishesPerSecond', 25),
    burst: least('burst', 100),
  };
}

function admission(options: AdmissionOptions): Admission {
  const least = (name: keyof AdmissionOptions, fallback: number | null): number | null =>
    options[name] === undefined
      ? fallback
      : wholeNumberOrOff(`limits.admission.${name}`, options[name], { fallback: 0, min: 1 });
  return {
    connectionsPerUser: least('connectionsPerUser', 100),
    connectionsPerAddress: least('connectionsPerAddress', null),
    pendingHandshakes: least('pendingHandshakes', 1_000),
    loopDelayMs: least('loopDelayMs', 1_000),
  };
}
