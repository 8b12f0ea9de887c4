import type { PresenceChange } from '@rt/core';

/** A change that is to be told, and where it was. */
export interface ToldChange {
  readonly place: string;
  readonly change: PresenceChange;
}

/** A change out of what the scripts write: `sequence type length length place user state`. */
export function parseChange(text: string): ToldChange {
  const head = /^(\d+) (joined|updated|left) (\d+) (\d+) /.exec(text);
  if (head === null) throw new TypeError(`what is to be told in Redis is no change: ${text.slice(0, 80)}`);
  const [joined, sequence, type, placeLength, userLength] = head;
  const bytes = Buffer.from(text.slice(joined.length));
  const userAt = Number(placeLength);
  const stateAt = userAt + Number(userLength);
  return {
    place: bytes.subarray(0, userAt).toString('utf8'),
    change: {
      type: type as PresenceChange['type'],
      user: bytes.subarray(userAt, stateAt).toString('utf8'),
      state: bytes.subarray(stateAt).toString('utf8'),
      sequence: Number(sequence),
    },
  };
}
