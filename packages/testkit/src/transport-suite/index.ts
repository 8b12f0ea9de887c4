import type { TestFunction } from '../broker-suite/ground.ts';
import { asking } from './asking.ts';
import { bounds } from './bounds.ts';
import { connecting } from './connecting.ts';
import type { Case, TransportRig } from './ground.ts';
import { Ground } from './ground.ts';
import { interleaving } from './interleaving.ts';
import { life } from './life.ts';
import { permitting } from './permitting.ts';
import { presence } from './presence.ts';
import { presenceEnds } from './presence-ends.ts';
import { publishing } from './publishing.ts';
import { slowness } from './slowness.ts';
import { states } from './states.ts';
import { subscribing } from './subscribing.ts';

/** What PROTOCOL.md promises of a session, as a test for each, the same on every transport. */
export function transportSuite(test: TestFunction, rig: TransportRig): void {
  const cell: Case = (name, play, options = {}) => test(name, () => Ground.run(rig, options, play));
  connecting(cell);
  subscribing(cell);
  publishing(cell);
  asking(cell);
  permitting(cell);
  presence(cell);
  presenceEnds(cell);
  states(cell);
  slowness(cell);
  life(cell);
  interleaving(cell);
  bounds(cell);
}
