import type { Position } from '@rt/protocol';
import type { Writer } from '../visitor.ts';
import type { Item, Pending } from './conversation.ts';
import { keyOf } from './conversation.ts';
import { refusalWords } from './refusal-words.ts';
import { clockTime, dayOf, fullTime } from './times.ts';

/** One row as it is drawn; two that are written alike look alike. */
export type Row = { readonly key: string } & (
  | { readonly type: 'day'; readonly label: string }
  | { readonly type: 'new' }
  | { readonly type: 'missed'; readonly count: number }
  | { readonly type: 'gap'; readonly reason: string }
  | ({ readonly type: 'message'; readonly time: string; readonly fullTime: string; readonly missed: boolean } & Spoken)
  | ({ readonly type: 'pending'; readonly refused: string | null; readonly waits: boolean } & Spoken)
);

interface Spoken {
  readonly by: Writer;
  readonly text: string;
  readonly own: boolean;
  /** Whether it says who speaks: the one before is of somebody else, or of another hour. */
  readonly head: boolean;
}

export interface TimelineView {
  readonly items: readonly Item[];
  readonly pending: readonly Pending[];
  readonly me: Writer | null;
  readonly live: boolean;
  readonly nowMs: number;
  /** How far the room was read when it was opened, and when that was. */
  readonly readTo: Position | null;
  readonly openedAtMs: number;
}

/** Messages of one person that belong together follow each other within this time. */
const togetherMs = 300_000;

/** What a room shows, from the oldest to what is still on its way. Pure. */
export function timeline({ items, pending, me, live, nowMs, readTo, openedAtMs }: TimelineView): readonly Row[] {
  const rows: Row[] = [];
  let before: { readonly by: string; readonly atMs: number } | null = null;
  let day: string | null = null;
  let isNewSaid = readTo === null;
  for (const item of items) {
    if (item.type !== 'message') {
      rows.push(item);
      before = null;
      continue;
    }
    const { position, by, text, atMs, missed } = item;
    const key = keyOf(position);
    const itsDay = dayOf(atMs, nowMs);
    if (itsDay !== day) {
      rows.push({ type: 'day', key: `day ${itsDay}`, label: itsDay });
      day = itsDay;
      before = null;
    }
    const isNew = readTo?.epoch === position.epoch && position.offset > readTo.offset && atMs <= openedAtMs;
    if (!isNewSaid && isNew) {
      if (by.id !== me?.id) rows.push({ type: 'new', key: 'new' });
      isNewSaid = true;
      before = null;
    }
    const head: boolean = before?.by !== by.id || atMs - before.atMs > togetherMs;
    const own = by.id === me?.id;
    rows.push({ type: 'message', key, by, text, own, head, missed, time: clockTime(atMs), fullTime: fullTime(atMs) });
    before = { by: by.id, atMs };
  }
  for (const { key, event, data, error } of pending) {
    if (event !== 'message' || me === null) continue;
    const by = { id: me.id, name: me.name };
    const head: boolean = before?.by !== me.id || nowMs - before.atMs > togetherMs;
    const refused = error === null ? null : refusalWords(error);
    rows.push({ type: 'pending', key: `own ${key}`, by, text: data.text, own: true, head, refused, waits: !live });
    before = { by: me.id, atMs: nowMs };
  }
  return rows;
}
