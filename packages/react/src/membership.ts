import type { Presence, RtError, Store } from '@rt/client';

/** How long a membership outlasts the last component that holds it, as a subscription outlasts its last reader. */
const lingerMs = 100;

/**
 * This client's membership of a channel: it is there as long as a component holds it, and shows what the one says that
 * came last. A store of why the server has refused it, if it has.
 */
export class Membership implements Store<RtError | null> {
  readonly #presence: Presence<unknown>;
  readonly #states = new Map<object, string>();
  readonly #listeners = new Set<() => void>();
  #shown: string | null = null;
  #error: RtError | null = null;
  #linger: ReturnType<typeof setTimeout> | undefined;

  constructor(presence: Presence<unknown>) {
    this.#presence = presence;
  }

  getSnapshot(): RtError | null {
    return this.#error;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @param state As JSON, so that what has not changed can be told. */
  hold(holder: object, state: string): void {
    clearTimeout(this.#linger);
    this.#states.set(holder, state);
    this.#show();
  }

  release(holder: object): void {
    this.#states.delete(holder);
    if (this.#states.size > 0) this.#show();
    else this.#linger = setTimeout(() => this.#leave(), lingerMs);
  }

  #show(): void {
    const state = [...this.#states.values()].at(-1);
    if (state === undefined || state === this.#shown) return;
    this.#shown = state;
    this.#presence.enter(JSON.parse(state)).then(
      () => state === this.#shown && this.#say(null),
      (error: RtError) => {
        if (state !== this.#shown) return;
        this.#shown = null;
        this.#say(error);
      },
    );
  }

  #leave(): void {
    if (this.#shown === null) return this.#say(null);
    this.#shown = null;
    this.#say(null);
    // Whoever cannot say goodbye is taken out by the server.
    this.#presence.leave().catch(() => {});
  }

  #say(error: RtError | null): void {
    if (error === this.#error) return;
    this.#error = error;
    for (const listener of [...this.#listeners]) listener();
  }
}

const memberships = new WeakMap<object, Map<string, Membership>>();

/** The one membership that a client has of a channel. */
export function membershipOf(
  client: object,
  { name, presence }: { readonly name: string; readonly presence: Presence<unknown> },
): Membership {
  const ofClient = memberships.get(client) ?? new Map<string, Membership>();
  memberships.set(client, ofClient);
  const membership = ofClient.get(name) ?? new Membership(presence);
  ofClient.set(name, membership);
  return membership;
}
