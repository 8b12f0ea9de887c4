import type { Attendant } from '@rt/core';
import type { ServerFrame } from '@rt/protocol';
import { expect } from 'vitest';
import { MembersView } from '../support/members-view.ts';
import type { SimulatedSession } from '../support/simulated-session.ts';

export const places = ['room:1', 'hall:1'] as const;
export type Place = (typeof places)[number];

/** A session, with what the model knows of it. */
export interface Tab {
  readonly session: SimulatedSession;
  readonly user: string | null;
  readonly client: string;
  readonly holder: string;
  readonly entered: Map<Place, Attendant>;
  readonly observing: Set<Place>;
  readonly views: Map<Place, MembersView>;
  /** What it knew of a channel when it asked to observe it, by the id of the frame. */
  readonly asked: Map<number, MembersView>;
  /** How often a membership of it was taken back. */
  revocations: number;
  /** What the answers to its frames must be, by id. */
  readonly expected: Map<number, RegExp>;
}

/** Lets a tab see a frame. */
export function told({ views, asked }: Tab, frame: ServerFrame): void {
  if (frame.type === 'unsubscribed') views.delete(frame.channel as Place);
  if (frame.type === 'subscribed') {
    const view = asked.get(frame.id ?? 0);
    view?.begin(frame.presence);
    if (view !== undefined) views.set(frame.channel as Place, view);
  }
  if (frame.type !== 'presence') return;
  const view = views.get(frame.channel as Place);
  expect(view, 'presence of a channel that is not observed').toBeDefined();
  view?.take(frame);
}

/** How somebody was told who is there. */
export function kindOf(told: object): string {
  if ('members' in told) return 'all';
  if ('sample' in told) return 'a few';
  return 'changed' in told ? 'changes' : 'place';
}

/** What a frame was answered with. */
export function answerOf(frame: ServerFrame | null): string {
  return frame?.type === 'error' ? frame.error.code : (frame?.type ?? 'nothing');
}
