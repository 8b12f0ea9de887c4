import type { Position } from '@rt/protocol';
import { formatPosition, parsePosition } from '@rt/protocol';

/** How far each room was read in this browser. */
export class ReadMarks {
  get(room: string): Position | null {
    return parsePosition(localStorage.getItem(keyOf(room)) ?? '');
  }

  /** Reads on, never back. */
  set(room: string, position: Position): void {
    const before = this.get(room);
    if (before?.epoch === position.epoch && before.offset >= position.offset) return;
    localStorage.setItem(keyOf(room), formatPosition(position.epoch, position.offset));
  }
}

function keyOf(room: string): string {
  return `read ${room}`;
}
