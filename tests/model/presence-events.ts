import type { PresenceEvent } from '@rt/core';
import type { ModelChange } from '@rt/testkit';
import { expect } from 'vitest';

/** The hub's own places, as the model has them. */
export const online = 'rt.online';
export const occupied = 'rt.occupied';

/** What a listener is told, if it is told all. */
export type ToldEvent = Exclude<PresenceEvent, { readonly type: 'missed' }>;

/** Fails unless of each channel, and of each user, what the model says was told, in its order, with rising sequences. */
export function checkEvents(events: readonly ToldEvent[], changes: readonly ModelChange[]): void {
  const expected = changes.filter(({ type }) => type !== 'updated');
  expect(events.length).toBe(expected.length);
  for (const place of new Set(expected.map((change) => change.place))) {
    const here = events.filter((event) => placeOf(event) === place);
    expect(here.map(said)).toEqual(expected.filter((change) => change.place === place).map(meant));
    for (const [index, { sequence }] of here.entries()) {
      expect(sequence).toBeGreaterThan(here[index - 1]?.sequence ?? -1);
    }
  }
}

function placeOf(event: ToldEvent): string {
  if (event.type === 'joined' || event.type === 'left') return event.channel;
  return event.type === 'online' || event.type === 'offline' ? online : occupied;
}

function said({ sequence: _sequence, ...event }: ToldEvent): object {
  return event;
}

function meant({ place, type, user, state }: ModelChange): object {
  const joins = type === 'joined';
  if (place === online) return { type: joins ? 'online' : 'offline', user };
  if (place === occupied) return { type: joins ? 'occupied' : 'vacated', channel: user };
  return { type, channel: place, user, state: JSON.parse(state) as unknown };
}
