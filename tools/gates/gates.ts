import { checkCircles } from './circles.ts';
import { checkClean } from './clean.ts';
import { checkDoors } from './doors.ts';
import { readInstalled } from './installed.ts';
import { checkLength } from './length.ts';
import { checkLevels } from './levels.ts';
import { checkLicences } from './licences.ts';
import { checkManifests } from './manifests.ts';
import { checkNames } from './names.ts';
import { checkRequirements } from './requirements.ts';
import type { Gate } from './source-file.ts';
import { checkSyntax } from './syntax.ts';
import { checkText } from './text.ts';
import { checkWorkflows } from './workflows.ts';

export const gates: readonly Gate[] = [
  { rule: 'levels', check: checkLevels },
  { rule: 'circles', check: checkCircles },
  { rule: 'doors', check: checkDoors },
  { rule: 'clean', check: checkClean },
  { rule: 'length', check: checkLength },
  { rule: 'names', check: checkNames },
  { rule: 'syntax', check: checkSyntax },
  { rule: 'text', check: checkText },
  { rule: 'manifests', check: checkManifests },
  { rule: 'licences', check: checkLicences, alsoReads: readInstalled },
  { rule: 'workflows', check: checkWorkflows },
  { rule: 'requirements', check: checkRequirements },
];
