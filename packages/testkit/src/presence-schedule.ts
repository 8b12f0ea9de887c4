import type { Attendant, PlaceView, PresenceStore, Random } from '@rt/core';
import { checkPlace, PresenceFollower } from './presence-follower.ts';
import type { PresenceModel } from './presence-model.ts';
import { seededRandom } from './random.ts';

/** A store beside its model. */
export interface PresencePlay {
  readonly store: PresenceStore;
  readonly model: PresenceModel;
  readonly seed: number;
  readonly pass: (ms: number) => Promise<void>;
  /** Fails unless what was told is what the model says. */
  readonly check: () => void;
}

const places = ['x', 'y'] as const;
const users = ['ada', 'bob', 'eve'] as const;
const clients = ['1', '2', '3'] as const;
const states = ['null', '1', '"two"'] as const;
const rounds = 60;

/** Who has come by, for leaves that come in time, late, or twice. */
interface Past {
  readonly place: string;
  readonly attendant: Attendant;
}

/** Plays a schedule of steps, several at a time, against a store and its model, and compares them all the way. */
export async function playPresence({ store, model, seed, pass, check }: PresencePlay): Promise<void> {
  const random = seededRandom(seed);
  const past: Past[] = [];
  const views = new Map<string, PlaceView>();
  const followers = places.map((place) => ({ place, reader: new PresenceFollower(place) }));
  const enter = (): Promise<void> => {
    const again = random() < 0.3 ? pick(random, past) : undefined;
    const fresh: Attendant = {
      user: one(random, users),
      client: one(random, clients),
      holder: `connection ${past.length}`,
    };
    const { place, attendant } = again ?? { place: one(random, places), attendant: fresh };
    const state = one(random, states);
    past.push({ place, attendant });
    model.enter(place, attendant, state);
    return store.enter(place, attendant, state);
  };
  const leave = (): Promise<void> => {
    // Mostly one of the newest: those before them are late.
    const { place, attendant } = pick(random, random() < 0.7 ? past.slice(-6) : past) ?? {
      place: 'x',
      attendant: { user: 'ada', client: '1', holder: 'nobody' },
    };
    let afterMs = random() < 0.4 ? 0 : 1 + Math.floor(random() * 50);
    // Of two that leave in the same moment either may be first.
    while (afterMs > 0 && model.leavesAt(model.nowMs + afterMs)) afterMs += 1;
    model.leave(place, attendant, afterMs);
    return store.leave(place, attendant, afterMs);
  };
  const expel = (): Promise<void> => {
    const user = one(random, users);
    const place = one(random, places);
    model.expel(user, place);
    return store.expel(user, place);
  };
  for (let round = 0; round < rounds; round += 1) {
    const calls: Promise<void>[] = [];
    for (let n = Math.floor(random() * 5); n > 0; n -= 1) {
      const chance = random();
      calls.push(chance < 0.5 ? enter() : chance < 0.97 ? leave() : expel());
    }
    await Promise.all(calls);
    const place = one(random, places);
    if (random() < 0.3) views.set(place, await store.follow(place));
    if (random() < 0.2) {
      views.delete(place);
      await store.unfollow(place);
    }
    const ms = random() < 0.03 ? 70_000 : Math.floor(random() * 20);
    model.pass(ms);
    await pass(ms);
    check();
    for (const { place: followed, reader } of followers) {
      const view = views.get(followed);
      checkPlace(view ?? (await store.look(followed)), model.members(followed));
      // Now and then it reads nothing for a while.
      if (view === undefined || random() < 0.5) continue;
      reader.read(view);
      reader.check(model);
    }
  }
}

function one<Item>(random: Random, items: readonly [Item, ...Item[]]): Item {
  return items[Math.floor(random() * items.length)] ?? items[0];
}

function pick<Item>(random: Random, items: readonly Item[]): Item | undefined {
  return items[Math.floor(random() * items.length)];
}
