import type { SharedTabOptions } from './shared-tab.ts';
import { SharedTab } from './shared-tab.ts';
import { browserGround } from './tab-ground.ts';

/** What this tab shares a connection through; `null` where tabs have nothing in common. */
export function share(options: Omit<SharedTabOptions, 'ground'>): SharedTab | null {
  const ground = options.environment.tabs ?? browserGround();
  return ground === null ? null : new SharedTab({ ...options, ground });
}
