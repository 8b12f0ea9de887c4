import { describe } from 'vitest';
import { closingCases } from './suite/closing.ts';
import { cookieCases } from './suite/cookies.ts';
import { neighbourCases } from './suite/neighbours.ts';
import { pageCases } from './suite/pages.ts';
import { refusalCases } from './suite/refusals.ts';
import type { Mount } from './suite/rig.ts';
import { hostRig } from './suite/rig.ts';
import { streamCases } from './suite/streams.ts';
import { upgradeCases } from './suite/upgrades.ts';
import { wireCases } from './suite/wire.ts';

/** What must hold on every host, seen through bytes. */
export function hostSuite(name: string, mount: Mount): void {
  describe(name, () => {
    const rig = hostRig(mount);
    streamCases(rig);
    pageCases(rig);
    refusalCases(rig);
    wireCases(rig);
    upgradeCases(rig);
    neighbourCases(rig);
    closingCases(rig);
  });
}

/** And on every framework, which has sessions of its own. */
export function frameworkSuite(name: string, mount: Mount): void {
  hostSuite(name, mount);
  describe(name, () => {
    cookieCases(hostRig(mount));
  });
}
