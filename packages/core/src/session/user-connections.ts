import { RtError } from '@rt/protocol';
import type { Counted } from '../cluster/question.ts';
import type { Connection } from '../delivery/connection.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { Sessions } from './sessions.ts';

/** What users have here: sessions, streams and polls. */
export class UserConnections {
  readonly #sessions: Sessions;
  readonly #delivery: Delivery;
  /** Counts the permissions that were taken back: what was asked before must be asked again. */
  revision = 0;

  constructor(sessions: Sessions, delivery: Delivery) {
    this.#sessions = sessions;
    this.#delivery = delivery;
  }

  /** Ends all that a user has. */
  disconnect(user: string): void {
    this.revision += 1;
    const error = new RtError('disconnected', 'the app has ended this session');
    for (const session of this.#sessions.of(user)) session.end(error);
    for (const connection of this.#readers(user)) connection.bye(error, null);
  }

  /** Ends what a user reads of a channel. */
  revoke(user: string, channel: string): void {
    this.revision += 1;
    const error = new RtError('permission_revoked', `"${channel}" may not be read any more`);
    for (const session of this.#sessions.of(user)) session.revoke(channel);
    for (const connection of this.#readers(user)) {
      if (this.#delivery.reads(connection, channel)) connection.bye(error, null);
    }
  }

  count({ user, channel }: Counted): number {
    const connections = user === null ? [...this.#delivery.connections] : this.#of(user);
    if (channel === null) return connections.length;
    return connections.filter((connection) => this.#delivery.reads(connection, channel)).length;
  }

  #of(user: string): readonly Connection[] {
    return [...this.#sessions.of(user).flatMap(({ connection }) => connection ?? []), ...this.#readers(user)];
  }

  /** The user's plain streams and polls. */
  #readers(user: string): readonly Connection[] {
    return [...this.#delivery.connections].filter(({ userId }) => userId === user);
  }
}
