import type { LogView } from '../log/log-view.ts';

/** A client that is in a place: a user may be there with several. */
export interface Attendant {
  readonly user: string;
  /** Names the client among those of its user, and stays the same when it reconnects. */
  readonly client: string;
  /** The connection that speaks for the client now. Of each connection it is another text. */
  readonly holder: string;
}

/** What has become of a user in a place. */
export interface PresenceChange {
  readonly type: 'joined' | 'updated' | 'left';
  readonly user: string;
  /** What the user shows, as JSON; of one who has left, what was shown last. */
  readonly state: string;
  /** Rises from change to change of a place, also over its being empty for a while. */
  readonly sequence: number;
}

/**
 * A place as its readers see it. The log holds the newest of each user: `{"user","state","connections"}` as JSON for one
 * who is there, the user's id as JSON for the removal of one who has left.
 */
export interface PlaceView {
  readonly log: LogView;
  /** How many users are there. */
  readonly count: number;
  /** How many clients they have there together. */
  readonly connections: number;
  /** Up to so many of those who are there, as the log has them. It SHOULD change little from call to call. */
  sample(count: number): readonly string[];
}

/** What the hub gives the store to call. */
export interface PresenceSink {
  /** The log of a followed place has grown. Never throws. */
  grown(place: string): void;
  /** The log of a followed place is another one from here on: its view has it already. Never throws. */
  replaced(place: string): void;
  /**
   * Something has changed in a place, followed or not. Resolves when whoever listens has taken it. Never throws or
   * rejects.
   */
  changed(place: string, change: PresenceChange): Promise<void>;
  /** So many changes were lost that nobody was told. Never throws. */
  missed(count: number): void;
  /** Something has gone wrong that nobody waits for, and that the store goes on with by itself. Never throws. */
  troubled(cause: unknown): void;
}

/**
 * Who is where. A place is a channel, or one of the hub's own whose name begins with `rt.`.
 *
 * - `open` MUST be called once and before anything else; a second call rejects.
 * - A user is in a place as long as at least one of the user's clients is: `joined` MUST be told with the first and `left`
 *   with the last, each exactly once, whatever runs at the same time. In between `updated` MUST be told whenever what the
 *   user shows, or the number of the user's clients, has become another, and never else.
 * - What a user shows is the state that was brought newest by any of the user's clients that are there. A client that
 *   brings again what it has brought before does not bring it newly.
 * - `enter` makes a connection the holder of a client. A client that is there already stays there: nothing is told if it
 *   brings the same state. `leave` MUST change nothing unless the client is there and the connection is its holder: so
 *   whatever comes late of a connection that was followed by another does no harm.
 * - `leave` takes the client away after `afterMs`, at once for 0. Until then it is there like any other; an `enter` in
 *   between takes the leave back. A second `leave` begins the time anew.
 * - `expel` takes all clients of a user away at once, from one place or from every place, those as well whose leave waits
 *   for its time: as if each left, the one that was brought newest last.
 * - Calls take effect in the order in which they were made by one caller.
 * - From the first `listen` on changes MUST be told to the sink by `changed`, those of one place in the order of their
 *   sequences; before that a store MAY. A store that several nodes share tells each of its changes to the sink of one
 *   node of those that listen, and MUST tell it again, to that or to another, if that node ends before the sink has
 *   taken it. What can no longer be told MUST be counted by `missed`.
 * - `follow` resolves to a view whose log grows as the sink is told. `look` reads a place that need not be followed.
 * - A client whose node has died, or has lost the store for long, leaves within 20 seconds, unless another connection has
 *   become its holder.
 * - `close` resolves when nothing more reaches the sink. Nobody is told to have left. Closing twice is harmless, and
 *   so are `leave`, `expel` and `unfollow` after it; everything else rejects from then on.
 */
export interface PresenceStore {
  open(sink: PresenceSink): Promise<void>;
  /** @param state What the client shows, as JSON. */
  enter(place: string, attendant: Attendant, state: string): Promise<void>;
  leave(place: string, attendant: Attendant, afterMs: number): Promise<void>;
  /** @param place `null` for every place. */
  expel(user: string, place: string | null): Promise<void>;
  /** Somebody wants to know what changes, wherever it is. Repeating it changes nothing. */
  listen(): Promise<void>;
  follow(place: string): Promise<PlaceView>;
  unfollow(place: string): Promise<void>;
  look(place: string): Promise<PlaceView>;
  close(): Promise<void>;
}
