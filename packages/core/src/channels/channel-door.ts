import type { Broker } from '../broker/broker.ts';
import type { History, HistoryQuery, Publication } from './history.ts';
import { history, historyStart, knownPosition } from './history.ts';
import type { Publisher } from './publisher.ts';
import type { Match } from './registry.ts';

/** How a publication is stored. */
export interface PublishOptions {
  /**
   * The same for each repetition of one publication: it is stored once, within five minutes. @default none
   */
  readonly key?: string;
  /**
   * The position that you have seen last: if anything newer was published (of a keyed event: about its key) the
   * publication is refused with `conflict`, whose `conflict` has the newest position and publication.
   * @default whatever came before
   */
  readonly ifPosition?: string;
}

/** One channel as the server's own code publishes to it and reads it, without its types. */
export interface ChannelDoor {
  readonly name: string;
  readonly pattern: string;
  readonly params: Readonly<Record<string, string>>;
  publish(event: string, data: unknown, options?: PublishOptions): Promise<string | null>;
  position(): Promise<string>;
  history(query?: HistoryQuery): Promise<History<Publication>>;
  withPosition<State>(
    load: () => State | Promise<State>,
  ): Promise<{ readonly state: State; readonly position: string }>;
}

/** What a door leads to. */
export interface DoorOptions {
  readonly publisher: Publisher;
  readonly broker: Broker;
  /** Throws when nothing is published or read any more. */
  readonly check: () => void;
}

export function channelDoor(match: Match, { publisher, broker, check }: DoorOptions): ChannelDoor {
  const read = async (query: HistoryQuery): Promise<History<Publication>> => {
    check();
    const { start, limit } = historyStart(query);
    return history(match.channel, start, await broker.read(match.channel, start, limit));
  };
  const position = async (): Promise<string> => (await read({ last: 0 })).position;
  return {
    name: match.channel,
    pattern: match.definition.pattern.text,
    params: match.params,
    async publish(event, data, { key, ifPosition } = {}) {
      check();
      const after = ifPosition === undefined ? null : knownPosition('ifPosition', ifPosition);
      // The keys of clients are lists in JSON, with their user in them: no user has the server's own.
      return await publisher.publish(match, event, data, { after, key: key === undefined ? null : `server ${key}` });
    },
    position,
    history: async (query = { last: 100 }) => read(query),
    async withPosition(load) {
      const before = await position();
      return { state: await load(), position: before };
    },
  };
}
