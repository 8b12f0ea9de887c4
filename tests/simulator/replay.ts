import type { Core } from './rooms.ts';
import type { Schedule } from './schedule.ts';
import { plan } from './schedule.ts';
import { shrink } from './shrink.ts';
import { run } from './world.ts';

/** One schedule, told to the reader. */
export interface Replay {
  readonly failed: boolean;
  readonly text: string;
}

/** Runs the schedule of a seed again, with all that happens in it. One that fails is made as short as it can be. */
export async function replay(core: Core, seed: number): Promise<Replay> {
  const whole = plan(seed);
  const failed = (await run(core, whole)) !== null;
  const least = failed ? await shrink(whole, async (schedule) => (await run(core, schedule)) !== null) : whole;
  const trace: string[] = [];
  const violation = await run(core, least, trace);
  const told = [
    violation === null ? `schedule ${seed} passes` : `schedule ${seed} fails: ${violation.message}`,
    `run it again: RT_SEED=${seed} npm test -- tests/simulator`,
    `${least.steps.length} of its ${whole.steps.length} steps:`,
    described(least),
    ...trace,
  ];
  return { failed, text: told.join('\n') };
}

function described({ setup }: Schedule): string {
  const { clients, ...rest } = setup;
  const lines = clients.map((client, index) => `  u${index} ${JSON.stringify(client)}`);
  return [`  ${JSON.stringify(rest)}`, ...lines].join('\n');
}
