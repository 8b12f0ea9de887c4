import type { Connection } from './connection.ts';
import type { LocalChannel } from './local-channel.ts';

/** A subscription: one connection's place in one channel. There is no other state, and no queue. */
export class Cursor {
  readonly channel: LocalChannel;
  readonly connection: Connection;
  /** Everything up to here has been given to the connection's transport, or need not be. */
  offset: number;
  /** Where it stands in `channel.cursors`, so that leaving costs nothing. */
  index: number = -1;

  constructor(channel: LocalChannel, connection: Connection, offset: number) {
    this.channel = channel;
    this.connection = connection;
    this.offset = offset;
  }
}
