import type { Contestant } from '../harness/contestant.ts';
import type { Note } from '../harness/measured.ts';
import type { Redis } from '../harness/redis.ts';
import { startRedis } from '../harness/redis.ts';
import type { Course, Pace, Scenario } from '../harness/scenario.ts';
import { loadCore, Stand } from '../harness/stand.ts';
import { fanOut } from './fan-out.ts';
import { growth } from './growth.ts';
import { idle } from './idle.ts';
import { resume } from './resume.ts';
import { slow } from './slow.ts';

export interface TrialOptions {
  readonly scenario: Pick<Scenario, 'setup'>;
  readonly course: Course;
  readonly contestant: Contestant;
  readonly pace: Pace;
  /** Is told where each CPU profile is. Without it none is taken. */
  readonly onProfile?: (path: string) => void;
}

/** Runs a scenario once, with one contestant, in processes of its own. */
export async function trial(options: TrialOptions, note: Note): Promise<void> {
  const { scenario, course, contestant, pace, onProfile } = options;
  const needsRedis = contestant.redis || course.type === 'resume';
  const redis: Redis | null = needsRedis ? await startRedis(loadCore) : null;
  const setup = { ...scenario.setup, compress: contestant.compress, redisPort: redis?.port ?? null };
  const stand = await Stand.start(contestant, setup, onProfile);
  try {
    switch (course.type) {
      case 'fan-out':
        return await fanOut(stand, course, pace, note);
      case 'idle':
        return await idle(stand, course, note);
      case 'slow':
        return await slow(stand, course, note);
      case 'resume':
        return await resume(stand, course, { contestant, setup }, note);
      case 'growth':
        return await growth(stand, course, note);
    }
  } finally {
    await stand.end();
    await redis?.stop();
  }
}
