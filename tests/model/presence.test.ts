import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { presenceStep } from './presence-schedule.ts';
import { playPresence } from './presence-world.ts';

const numRuns = Number(process.env['RT_RUNS'] ?? 400);
const timeout = Math.max(60_000, numRuns * 50);

describe('presence over the model', () => {
  // RT-PRESENCE-3, RT-PRESENCE-5
  test(
    'whatever users and their tabs do, every observer comes to see who is there, and hooks are told it in order',
    async () => {
      const reached = new Map<string, number>();
      await fc.assert(
        fc.asyncProperty(fc.noBias(fc.array(presenceStep, { maxLength: 120, size: 'max' })), fc.nat(), (steps, seed) =>
          playPresence(steps, seed, reached),
        ),
        { numRuns },
      );
      // The schedules are worth something only if they come to everything, and often.
      const everything = ['first all', 'first a few', 'first place', 'all', 'a few', 'changes'];
      const events = ['joined', 'left', 'online', 'offline', 'occupied', 'vacated'];
      const refusals = [
        'error enter_denied',
        'error members_denied',
        'left permission_revoked',
        'unsubscribed permission_revoked',
      ];
      for (const kind of [...everything, ...events, ...refusals]) {
        expect(reached.get(kind) ?? 0, kind).toBeGreaterThan(numRuns / 20);
      }
    },
    timeout,
  );
});
