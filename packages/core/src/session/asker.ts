import type { User } from '../channels/define-channel.ts';

/** Who asks, as the operations see it: a session, or a request without one. */
export interface Asker {
  readonly user: User | null;
  readonly userId: string | null;
}
