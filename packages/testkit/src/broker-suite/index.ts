import { appending } from './appending.ts';
import { conditions } from './conditions.ts';
import { following } from './following.ts';
import type { BrokerRig, Cell, TestFunction } from './ground.ts';
import { onBroker } from './ground.ts';
import { reading } from './reading.ts';
import { states } from './states.ts';

/** Every sentence of the Broker contract as a test. Third parties run it over brokers of their own. */
export function brokerSuite(test: TestFunction, rig: BrokerRig): void {
  const cell: Cell = (name, run) => test(name, () => onBroker(rig, run));
  following(cell);
  appending(cell);
  conditions(cell);
  states(cell);
  reading(cell);
}
