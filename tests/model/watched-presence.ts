import type { PresenceStore } from '@rt/core';

/** A store with the places that are followed in sight. */
export function watched(store: PresenceStore, followed: Set<string>): PresenceStore {
  return {
    open: (sink) => store.open(sink),
    listen: () => store.listen(),
    enter: (place, attendant, state) => store.enter(place, attendant, state),
    leave: (place, attendant, afterMs) => store.leave(place, attendant, afterMs),
    expel: (user, place) => store.expel(user, place),
    look: (place) => store.look(place),
    close: () => store.close(),
    follow(place) {
      followed.add(place);
      return store.follow(place);
    },
    unfollow(place) {
      followed.delete(place);
      return store.unfollow(place);
    },
  };
}
