import type { Presence, RtError, Store } from '@rt/client';

/** A client's membership of a channel: a store of why the server has refused it, if it has. */
export interface Membership extends Store<RtError | null> {
  /** Is a member, and shows a state: as JSON, so that what has not changed can be told. */
  hold(holder: object, state: string): void;
  release(holder: object): void;
}

/** A channel, as far as a membership needs it. `pending` is the same object for each of its handles. */
interface MembershipSource {
  readonly pending: object;
  readonly presence: Presence<unknown>;
}

/** How long a membership outlasts the last component that holds it, as a subscription outlasts its last reader. */
const lingerMs = 100;

const memberships = new WeakMap<object, Membership>();

/** The one membership that a client has of a channel. */
export function membershipOf({ pending, presence }: MembershipSource): Membership {
  const membership = memberships.get(pending) ?? createMembership(presence);
  memberships.set(pending, membership);
  return membership;
}

/** It is there as long as a component holds it, and shows what the one says that came last. */
function createMembership(presence: Presence<unknown>): Membership {
  const states = new Map<object, string>();
  const listeners = new Set<() => void>();
  let shown: string | undefined;
  let error: RtError | null = null;
  let linger: ReturnType<typeof setTimeout> | undefined;

  function say(said: RtError | null): void {
    error = said;
    for (const listener of [...listeners]) listener();
  }

  /** Shows what the last one says. */
  function show(): void {
    const state = [...states.values()].at(-1);
    if (state === shown) return;
    shown = state;
    if (state === undefined) {
      say(null);
      // Whoever cannot say goodbye is taken out by the server.
      presence.leave().catch(() => {});
    } else
      presence.enter(JSON.parse(state)).then(
        () => state === shown && say(null),
        (refusal: RtError) => state === shown && say(refusal),
      );
  }

  return {
    getSnapshot: () => error,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    hold(holder, state) {
      clearTimeout(linger);
      states.set(holder, state);
      show();
    },
    release(holder) {
      states.delete(holder);
      if (states.size > 0) show();
      else linger = setTimeout(show, lingerMs);
    },
  };
}
