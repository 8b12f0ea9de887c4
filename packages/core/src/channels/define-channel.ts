import type { ChannelNameOf, Params, PatternOf } from '@rt/protocol';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { SlowPolicy } from '../delivery/local-channel.ts';
import type { PresenceDefinition } from '../presence/presence-definition.ts';

/**
 * Tell @rt once what a user is, and every rule is typed:
 * `declare module '@rt/core' { interface Register { user: { id: string } } }`
 */
export interface Register {}

/** What the host's `user` option resolves to, or `unknown` until {@link Register} says so. */
export type User = Register extends { readonly user: infer Registered } ? Registered : unknown;

/** The events of a channel by name. Any Standard Schema library can describe them: zod, valibot, arktype and others. */
export type EventSchemas = { readonly [event: string]: StandardSchemaV1 };

/** What a rule is asked about. */
export interface Question<ChannelParams> {
  /** Who asks, as the host resolved it; `null` for nobody in particular. */
  readonly user: User | null;
  /** The parameters in the channel's name. */
  readonly params: ChannelParams;
  /** The channel's whole name. */
  readonly channel: string;
}

/** What a rule is asked about a client that wants to publish or send. */
export interface EventQuestion<ChannelParams> extends Question<ChannelParams> {
  /** The event's name. For `publish` it is one that the definition has. */
  readonly event: string;
  /** What is to be published or sent, as it came: no schema has seen it yet. */
  readonly data: unknown;
}

/** What a rule is asked about a client that wants to be a member. */
export interface EnterQuestion<ChannelParams> extends Question<ChannelParams> {
  /** What it wants to show, as it came: no schema has seen it yet. */
  readonly state: unknown;
}

/** What a rule answers: only `true` allows. */
export type Verdict = boolean | null | undefined | Promise<boolean | null | undefined>;

/**
 * Says who may. `'anyone'` allows all, `'nobody'` none; a function allows only by returning `true` (or a promise of
 * it), so that `user?.orders.includes(id)` denies where there is no user.
 */
export type Rule<ChannelParams> = 'anyone' | 'nobody' | ((question: Question<ChannelParams>) => Verdict);

/** Says who may publish or send which event. As a {@link Rule}. */
export type EventRule<ChannelParams> = 'anyone' | 'nobody' | ((question: EventQuestion<ChannelParams>) => Verdict);

/** Says who may be a member. As a {@link Rule}. */
export type EnterRule<ChannelParams> = 'anyone' | 'nobody' | ((question: EnterQuestion<ChannelParams>) => Verdict);

/** How much of a channel is kept for those who come later or come back. */
export interface KeepOptions {
  /** The most publications, a whole number from 1; with `newestPer` the most keys. @default 100, or 10_000 keys */
  readonly count?: number;
  /**
   * How long each is kept, in milliseconds, from 1. With `newestPer` that is how long a removal is: what is true stays
   * until it is removed. @default 300_000 (five minutes)
   */
  readonly forMs?: number;
  /**
   * `'key'` keeps of each key of its {@link keyed} events the newest publication: whoever reads from the start is told
   * all that is true, and then what changes. Each event MUST be keyed or ephemeral. @default all are kept
   */
  readonly newestPer?: 'key';
}

/** The definition of a channel, or of all channels whose names match a pattern. */
export interface ChannelDefinition<
  Events extends EventSchemas,
  ChannelParams = unknown,
  State extends StandardSchemaV1 = StandardSchemaV1,
> {
  /** What is published here. Anything else is refused. */
  readonly events: Events;
  readonly keep?: KeepOptions;
  /** Who may subscribe. It is asked again at each resume and at each new token. @default 'nobody' */
  readonly subscribe?: Rule<ChannelParams>;
  /**
   * Who of those who may subscribe may also read what was published before they came: pages, `last` and `start`.
   * Going on from a position is not history, and positions are no secret. @default 'anyone' (who may subscribe)
   */
  readonly history?: Rule<ChannelParams>;
  /** Which clients may publish which events. The server's own code may always. @default 'nobody' */
  readonly publish?: EventRule<ChannelParams>;
  /**
   * Who is here: the schema of what a member shows, or {@link PresenceOptions}. Sessions of users may then `enter`, and
   * subscriptions may ask who is there. @default nobody can be
   */
  readonly presence?: PresenceDefinition<State>;
  /** Which users may be members. It is asked again at each new token. @default 'nobody' */
  readonly enter?: EnterRule<ChannelParams>;
  /** Who of those who may subscribe may also see who is there. @default 'anyone' (who may subscribe) */
  readonly members?: Rule<ChannelParams>;
  /** Which clients may send which events to the handlers of `hub.on`. @default 'nobody' */
  readonly send?: EventRule<ChannelParams>;
  /**
   * What becomes of a reader that is too slow to get everything that is kept: `resume` tells it a gap when it reads
   * again; `conflate` does so too, and gives it, when it is behind, of each key of {@link keyed} events only the newest;
   * `close` ends its connection as soon as it has missed something. @default 'resume'
   */
  readonly slow?: SlowPolicy;
  /**
   * Hands publications out no more often than this, for an audience that needs no more: each time all that have come
   * since, or with `slow: 'conflate'` of each key the newest. What comes in that time has to fit into `keep`.
   * From 0 to 60_000. @default 0 (every turn)
   */
  readonly everyMs?: number;
}

/** The events of each definition by its pattern. */
export type EventsByPattern = { readonly [pattern: string]: EventSchemas };

/** The schema of what members show, of each definition by its pattern. */
export type StatesByPattern = { readonly [pattern: string]: StandardSchemaV1 };

/** All channels of an app. Its type is what a typed client needs, without any of the server's code. */
export interface Channels<Map extends EventsByPattern, States extends StatesByPattern = StatesByPattern> {
  readonly definitions: Definitions<Map, States>;
  /** For typed clients. There is nothing here when it runs. */
  readonly types?: { readonly events: Map; readonly states: States };
}

type Definitions<Map extends EventsByPattern, States extends StatesByPattern> = {
  readonly [Pattern in keyof Map & string]: ChannelDefinition<Map[Pattern], Params<Pattern>>;
} & { readonly [Pattern in keyof States & string]: { readonly presence?: PresenceDefinition<States[Pattern]> } };

/** Every channel name that some definition matches, as a type. */
export type ChannelName<Map extends EventsByPattern> = ChannelNameOf<keyof Map & string>;

/** The events of the definition that a channel name falls under: of those that match it, the most exact. */
export type EventsOf<Map extends EventsByPattern, Name extends string> = Map[PatternOf<keyof Map & string, Name>];

/** What a member of a channel shows, as its definition says; `unknown` if it says nothing. */
export type StateOf<
  Map extends EventsByPattern,
  States extends StatesByPattern,
  Name extends string,
> = StandardSchemaV1.InferOutput<States[PatternOf<keyof Map & string, Name>]>;

/** Describes one channel. It exists to type `params` in its rules by the pattern it stands under. */
export function channel<Events extends EventSchemas, ChannelParams, State extends StandardSchemaV1>(
  definition: ChannelDefinition<Events, ChannelParams, State>,
): ChannelDefinition<Events, ChannelParams, State> {
  return definition;
}

/**
 * Collects an app's channels by pattern: segments separated by `:`, each literal or a `{param}`.
 * Where several patterns match a name, the one that is more exact from the left is used.
 */
export function defineChannels<const Map extends EventsByPattern, const States extends StatesByPattern>(
  definitions: Definitions<Map, States>,
): Channels<Map, States> {
  return { definitions };
}
