import type { ConnectionOptions } from './connection.ts';
import type { SharedTab, SharedTabOptions } from './share/shared-tab.ts';
import { only } from './transports/choice.ts';

/** How a client shares its connection with those of other tabs: its way to the server, and who it says it is. */
export interface Sharing extends ConnectionOptions {
  token(): Promise<string | null>;
  /** The client is closed for good. */
  close(): void;
}

/**
 * What sharing needs is loaded before the first connection, so that pages that do not share do not carry it; where it
 * cannot be had the client has its own connection.
 */
export function sharing(own: Omit<SharedTabOptions, 'ground'>): Sharing {
  let tab: SharedTab | null = null;
  let closed = false;
  const shared: Sharing & { choice: ConnectionOptions['choice'] } = {
    ...own,
    // Who shares has no need to say who it is, but for the leader.
    async token() {
      const { share } = await import('./share/share.ts').catch(() => ({ share: null }));
      if (!closed) tab ??= share?.(own) ?? null;
      if (tab === null) return (await own.token?.()) ?? null;
      shared.choice = only(tab);
      return null;
    },
    close() {
      closed = true;
      tab?.close();
    },
  };
  return shared;
}
