import type { Peers } from './cluster/peers.ts';
import type { Broker } from './broker/broker.ts';
import type { Publisher } from './channels/publisher.ts';
import type { Registry } from './channels/registry.ts';
import type { Delivery } from './delivery/delivery.ts';
import type { Admission } from './http/admission.ts';
import type { Settings } from './options.ts';
import type { Attendance } from './presence/attendance.ts';
import type { PresenceStore } from './presence/presence-store.ts';
import type { Handlers } from './session/handlers.ts';
import type { Sessions } from './session/sessions.ts';

/** What a hub is made of, as the rooms below it see it. */
export interface Parts {
  readonly registry: Registry;
  readonly broker: Broker;
  readonly presence: PresenceStore;
  readonly attendance: Attendance;
  readonly delivery: Delivery;
  readonly publisher: Publisher;
  readonly handlers: Handlers;
  readonly sessions: Sessions;
  readonly peers: Peers;
  readonly admission: Admission;
  readonly settings: Settings;
  /** Counts the permissions that were taken back: what was asked before must be asked again. */
  readonly revision: number;
  /** Whether the hub is closing or closed. */
  readonly closing: boolean;
}
