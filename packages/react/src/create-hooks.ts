import type {
  AnyChannels,
  Channel,
  ChannelStatus,
  Client,
  OptimisticEntry,
  PresenceSnapshot,
  Publication,
  RtError,
  Status,
  Store,
} from '@rt/client';
import type { ReactNode } from 'react';
import {
  createContext,
  createElement,
  useContext,
  useEffect,
  useInsertionEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { feedOf } from './feed.ts';
import type {
  ChannelListeners,
  ChannelStateOptions,
  Hooks,
  PresenceHookOptions,
  PresenceView,
  PublicationsOptions,
} from './hooks.ts';
import { membershipOf } from './membership.ts';

/** Events that nobody knows: what holds for all of them. */
interface AnyEvents {
  readonly [event: string]: {
    readonly '~standard': { readonly types: { readonly input: unknown; readonly output: unknown } };
  };
}
type AnyChannel = Channel<AnyEvents>;

interface AnyClient extends Store<Status> {
  channel(name: string): AnyChannel;
}

/** What a server renders, and the page that takes it over at first. */
const idle: Status & ChannelStatus = { state: 'idle' };
const nothing: readonly never[] = [];
const nobody: PresenceSnapshot = { count: 0, connections: 0, members: nothing, complete: false };

/**
 * Creates the hooks of an app, typed by its client's channels. Components that are not inside an `RtProvider` use the
 * client that is given here.
 *
 * `export const { useChannel, usePublications } = createHooks(createClient<typeof channels>('/rt'))`
 *
 * @param client Used without an `RtProvider`. @default none: hooks throw without a provider
 */
export function createHooks<Channels extends AnyChannels>(client: Client<Channels> | null = null): Hooks<Channels> {
  // What a channel holds only its name says, and the name's type.
  return untypedHooks(client as AnyClient | null) as unknown as Hooks<Channels>;
}

function untypedHooks(given: AnyClient | null) {
  const Context = createContext(given);

  function RtProvider({ client, children }: { readonly client: AnyClient; readonly children?: ReactNode }) {
    return createElement(Context.Provider, { value: client }, children);
  }

  function useClient(): AnyClient {
    const client = useContext(Context);
    if (client === null)
      throw new Error('there is no client: render inside an RtProvider, or give createHooks a client');
    return client;
  }

  function useName(name: string): AnyChannel {
    const client = useClient();
    return useMemo(() => client.channel(name), [client, name]);
  }

  function useConnection(): Status {
    return useStore(useClient(), idle);
  }

  function useChannel(name: string, listeners: ChannelListeners<AnyEvents> = {}): AnyChannel {
    const channel = useName(name);
    const latest = useLatest(listeners);
    const { on, onAny, onGap } = listeners;
    const hears = (on ?? onAny) !== undefined;
    const hearsGaps = onGap !== undefined;
    useEffect(() => {
      if (!hears) return;
      return channel.onAny((publication) => {
        const { event, data } = publication;
        latest().onAny?.(publication);
        latest().on?.[event]?.(data, publication);
      });
    }, [channel, hears, latest]);
    useEffect(() => {
      if (!hearsGaps) return;
      return channel.onGap((gap) => latest().onGap?.(gap));
    }, [channel, hearsGaps, latest]);
    return channel;
  }

  function useChannelStatus(name: string): ChannelStatus {
    return useStore(useName(name), idle);
  }

  function useChannelState<State>(
    name: string,
    reduce: (state: State, publication: Publication) => State,
    initial: State,
    { from = 'now', load }: ChannelStateOptions<State> = {},
  ): State {
    const channel = useName(name);
    const latest = useLatest({ initial, reduce, from, load });
    const feed = useMemo(() => feedOf(channel, latest), [channel, latest]);
    return useStore(feed, initial);
  }

  function usePublications(
    name: string,
    { last = 50, event, from = { last } }: PublicationsOptions<string> = {},
  ): readonly Publication[] {
    const reduce = (list: readonly Publication[], publication: Publication): readonly Publication[] =>
      event === undefined || event === publication.event ? [...list, publication].slice(-last) : list;
    return useChannelState<readonly Publication[]>(name, reduce, nothing, { from });
  }

  function usePending(name: string): readonly OptimisticEntry[] {
    const channel = useName(name);
    return useStore(
      useMemo(() => pendingOf(channel), [channel]),
      nothing,
    );
  }

  function usePresence(name: string, { enter = null }: PresenceHookOptions<unknown> = {}): PresenceView<unknown> {
    const channel = useName(name);
    const error = useMembership(name, enter);
    const snapshot = useStore(channel.presence, nobody);
    return useMemo(() => ({ ...snapshot, error }), [snapshot, error]);
  }

  function useMembership(name: string, state: unknown): RtError | null {
    const membership = membershipOf(useName(name));
    const [holder] = useState(() => ({}));
    const json = state === null ? null : JSON.stringify(state);
    const holds = json !== null;
    useEffect(() => {
      if (holds) return () => membership.release(holder);
      return;
    }, [membership, holder, holds]);
    useEffect(() => {
      if (json !== null) membership.hold(holder, json);
    }, [membership, holder, json]);
    return useStore(membership, null);
  }

  return {
    RtProvider,
    useClient,
    useConnection,
    useChannel,
    useChannelStatus,
    useChannelState,
    usePublications,
    usePending,
    usePresence,
    useMembership,
  };
}

/** What a store shows now. @param before What a server renders, and the page that takes it over at first. */
function useStore<Snapshot>({ subscribe, getSnapshot }: Store<Snapshot>, before: Snapshot): Snapshot {
  return useSyncExternalStore(subscribe, getSnapshot, () => before);
}

/** Reads what the last committed render has given; the same function always. */
function useLatest<Value>(value: Value): () => Value {
  const latest = useRef(value);
  useInsertionEffect(() => {
    latest.current = value;
  });
  return useState(() => () => latest.current)[0];
}

/** What is pending in a channel that is read: only there it is seen to come back. */
function pendingOf(channel: AnyChannel): Store<readonly OptimisticEntry[]> {
  const { pending } = channel;
  return {
    getSnapshot: pending.getSnapshot,
    subscribe(changed) {
      const stops = [channel.onAny(() => {}), pending.subscribe(changed)];
      return () => stops.forEach((stop) => stop());
    },
  };
}
