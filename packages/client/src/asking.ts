import type { RtError, ServerFrame } from '@rt/protocol';

/** A frame that is said: its answers are for whoever asks. */
export type Asked = Readonly<Record<string, unknown>>;

/** A way to the server, as the parts of a client see it. */
export interface Asking {
  isOpen(): boolean;
  /** Somebody needs a connection. */
  need(): void;
  /** Asks, and waits for a connection if there is none. What may be repeated is asked again after a reconnect. */
  ask(frame: Asked, repeatable: boolean): Promise<ServerFrame>;
  /** A frame as the line that is sent next; what is lost with the connection has failed. */
  line(frame: Asked, answered?: (answer: ServerFrame) => void, failed?: (error: RtError) => void): string;
  /** Sends lines, if there is a connection. */
  send(lines: string): void;
}
