import assert from 'node:assert/strict';
import type { PlaceView } from '@rt/core';
import type { ModelMember, PresenceModel } from './presence-model.ts';

/** Somebody who reads the log of a place now and then, and comes back to where they were. */
export class PresenceFollower {
  readonly #place: string;
  readonly #view = new Map<string, string>();
  #epoch = '';
  #offset = 0;

  constructor(place: string) {
    this.#place = place;
  }

  /** Reads what has changed, or anew if its place does not lead on. */
  read({ log }: PlaceView): void {
    if (log.epoch !== this.#epoch || this.#offset > log.top || !log.holds(this.#offset)) {
      this.#view.clear();
      this.#offset = 0;
    }
    this.#epoch = log.epoch;
    const { entries, to } = log.read(this.#offset);
    for (const { payload, about } of entries) {
      assert.ok(about !== null && typeof payload === 'string');
      if (about.removes) {
        assert.equal(JSON.parse(payload), about.subject, 'a removal is the user’s id');
        this.#view.delete(about.subject);
      } else this.#view.set(about.subject, payload);
    }
    this.#offset = to;
  }

  /** Fails unless it has come to see what is true. */
  check(model: PresenceModel): void {
    assert.deepEqual(sorted([...this.#view.values()].map(member)), sorted(model.members(this.#place)));
  }
}

/** Fails unless the view of a place is what is true. */
export function checkPlace(view: PlaceView, members: readonly ModelMember[]): void {
  const present = view.log.read(0).entries.flatMap(({ payload, about }) => {
    return about?.removes === false && typeof payload === 'string' ? [payload] : [];
  });
  assert.deepEqual(sorted(present.map(member)), sorted(members));
  assert.equal(view.count, members.length);
  assert.equal(
    view.connections,
    members.reduce((sum, { connections }) => sum + connections, 0),
  );
  for (const count of [0, 1, members.length, members.length + 5]) {
    const sample = view.sample(count);
    assert.equal(new Set(sample).size, Math.min(count, members.length));
    for (const text of sample) assert.ok(present.includes(text), `${text} is not there`);
    assert.deepEqual(view.sample(count), sample, 'it changes little from call to call');
  }
}

/** A member as the log has it. */
function member(text: string): ModelMember {
  const { user, state, connections, ...rest } = JSON.parse(text) as ModelMember;
  assert.deepEqual(rest, {});
  return { user, state: JSON.stringify(state), connections };
}

function sorted(members: readonly ModelMember[]): readonly ModelMember[] {
  return members.toSorted((one, other) => (one.user < other.user ? -1 : 1));
}
