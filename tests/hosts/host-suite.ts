import { describe } from 'vitest';
import { closingCases } from './suite/closing.ts';
import { pageCases } from './suite/pages.ts';
import { refusalCases } from './suite/refusals.ts';
import type { Mount } from './suite/rig.ts';
import { hostRig } from './suite/rig.ts';
import { streamCases } from './suite/streams.ts';
import { wireCases } from './suite/wire.ts';

/** What must hold on every host, seen through bytes. */
export function hostSuite(name: string, mount: Mount): void {
  describe(name, () => {
    const rig = hostRig(mount);
    streamCases(rig);
    pageCases(rig);
    refusalCases(rig);
    wireCases(rig);
    closingCases(rig);
  });
}
