import { RtError } from '@rt/protocol';
import type { Admission } from '../http/admission.ts';
import type { Parts } from '../parts.ts';
import type { SessionOptions } from './session.ts';
import { PeerSession } from './session.ts';

/** All sessions of this node. */
export class Sessions implements Iterable<PeerSession> {
  readonly #parts: Parts;
  readonly #admission: Admission;
  readonly #sessions = new Map<string, PeerSession>();

  constructor(parts: Parts, admission: Admission) {
    this.#parts = parts;
    this.#admission = admission;
  }

  [Symbol.iterator](): Iterator<PeerSession> {
    return this.#sessions.values();
  }

  create(options: SessionOptions): PeerSession {
    const session = new PeerSession(this.#parts, options);
    this.#sessions.set(session.id, session);
    return session;
  }

  remove(session: PeerSession): void {
    this.#sessions.delete(session.id);
  }

  /** Counts one more connection of the user, and returns how to count it away. @throws RtError `connections_too_many` */
  admit(userId: string | null): () => void {
    return this.#admission.user(userId);
  }

  /**
   * The session of a request, which must come from the user who opened it.
   *
   * @throws RtError `session_unknown`: also for another user, who need not know that it exists.
   */
  find(id: string, userId: string | null): PeerSession {
    const session = this.#sessions.get(id);
    if (session !== undefined && session.openedBy === userId) return session;
    throw new RtError('session_unknown', 'no such session is open here; connect anew with the positions you have');
  }
}
