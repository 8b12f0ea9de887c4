import type { ParsedFrame } from '@rt/protocol';
import { RtError } from '@rt/protocol';
import type { Connection } from '../delivery/connection.ts';
import type { Identity } from './identity.ts';

/** A session as those see it who find it by its id or its user. */
export interface OpenSession {
  readonly id: string;
  /** Who it is for. */
  readonly identity: Identity;
  /** The user whom the host saw when it was opened: further requests for it must come from the same. */
  readonly openedBy: string | null;
  /** What it talks through: `null` before that is there. */
  readonly connection: Connection | null;
  /** Whether it is over, and only its goodbye may still be on its way. */
  readonly ended: boolean;
  /** The highest id that was taken. */
  readonly taken: number;
  /** Takes frames. In a request that may be a repetition those that were taken before are skipped. */
  take(frames: readonly ParsedFrame[], repeatable: boolean): void;
  /** Says goodbye and ends. */
  end(error: RtError): void;
  /** Takes back the permission for a channel at once. */
  revoke(channel: string): void;
}

/** All sessions of this node. */
export class Sessions {
  readonly #sessions = new Map<string, OpenSession>();
  readonly #hint: string;

  /** @param shared Whether other nodes are asked for the sessions that they have. */
  constructor(shared: boolean) {
    this.#hint = shared ? '' : '. If this app runs in several processes, give their hubs a broker that they share';
  }

  add(session: OpenSession): void {
    this.#sessions.set(session.id, session);
  }

  remove(session: OpenSession): void {
    this.#sessions.delete(session.id);
  }

  get(id: string): OpenSession | null {
    return this.#sessions.get(id) ?? null;
  }

  /** The sessions of a user. */
  of(userId: string): readonly OpenSession[] {
    return [...this.#sessions.values()].filter(({ identity }) => identity.userId === userId);
  }

  /**
   * The session of a request, which must come from the user who opened it.
   *
   * @throws RtError `session_unknown`: also for another user, who need not know that it exists.
   */
  find(id: string, userId: string | null): OpenSession {
    const session = this.#sessions.get(id);
    if (session !== undefined && session.openedBy === userId) return session;
    throw new RtError(
      'session_unknown',
      `no such session is open here; connect anew with the positions you have${this.#hint}`,
    );
  }
}
