import type { Broker } from './broker/broker.ts';
import type { Registry } from './channels/registry.ts';
import type { Delivery } from './delivery/delivery.ts';
import type { Settings } from './options.ts';

/** What a hub is made of, as the rooms below it see it. */
export interface Parts {
  readonly registry: Registry;
  readonly broker: Broker;
  readonly delivery: Delivery;
  readonly settings: Settings;
  /** Whether the hub is closing or closed. */
  readonly closing: boolean;
}
