import { randomBytes } from 'node:crypto';

/** A name that does not come again. */
export function newEpoch(): string {
  return BigInt(`0x${randomBytes(8).toString('hex')}`)
    .toString(36)
    .slice(0, 12);
}
