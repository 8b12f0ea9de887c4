import { parsePosition } from '@rt/protocol';
import type { Journal } from './journal.ts';
import type { Ledger } from './ledger.ts';
import type { Permissions } from './permissions.ts';
import type { Wish } from './wish.ts';

/** Compares what clients were told of their publications with what the logs have accepted. */
export function checkWishes(
  wishes: readonly Wish[],
  ledgers: readonly Ledger[],
  permissions: Permissions,
  journal: Journal,
): void {
  for (const wish of wishes) {
    const { user, channel, data, answers, attempts, refusals } = wish;
    const fail = (why: string): void => journal.fail(`${user} published ${data} on ${channel}, and ${why}`);
    for (const { position, ledger } of answers) {
      const stored = ledger.find(channel, position.epoch)?.stored[position.offset - 1];
      if (stored?.data !== data) fail(`was told that it is at ${position.offset}, where ${stored?.data} is`);
    }
    const places = ledgers.flatMap((ledger) => ledger.places(channel, data));
    if (places.length > 0 && channel.startsWith('room:')) {
      const allowed = permissions.allowedBetween({ operation: 'publish', user, channel }, 0, journal.moment());
      if (!allowed) fail('it was stored, and no rule has ever allowed it');
    }
    for (const { conflict } of refusals) {
      const told = parsePosition(conflict?.position ?? '');
      const newest = conflict?.newest ?? null;
      if (told === null || newest === null || !('data' in newest)) continue;
      const there = ledgers.map((ledger) => ledger.find(channel, told.epoch)?.stored[told.offset - 1]?.data);
      if (!there.includes(Number(newest.data)))
        fail(`was told that ${String(newest.data)} is newer, at ${told.offset}`);
    }
    const [refused] = refusals;
    if (places.length > 0 && attempts.length === 1 && refused?.retryable === false) {
      fail(`it was stored, and refused: ${refused.code}`);
    }
  }
  checkOrder(wishes, ledgers, journal);
}

/** What one connection publishes on one channel is stored in the order in which it was sent. */
function checkOrder(wishes: readonly Wish[], ledgers: readonly Ledger[], journal: Journal): void {
  const last = new Map<string, { readonly id: number; readonly epoch: string; readonly offset: number }>();
  const once = wishes.flatMap(({ channel, data, attempts }) => {
    const [attempt] = attempts;
    const [place] = ledgers.flatMap((ledger) => ledger.places(channel, data));
    return attempts.length === 1 && attempt !== undefined && place !== undefined
      ? [{ channel, ...attempt, ...place }]
      : [];
  });
  for (const { channel, talk, id, epoch, offset } of once.toSorted((one, other) => one.id - other.id)) {
    const before = last.get(`${talk} ${channel}`);
    if (before !== undefined && before.epoch === epoch && before.offset > offset) {
      journal.fail(`${talk} sent frame ${before.id} before ${id} on ${channel}, and it was stored after it`);
    }
    last.set(`${talk} ${channel}`, { id, epoch, offset });
  }
}
