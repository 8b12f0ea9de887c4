/** An app of a guide that listens. */
export interface RunningApp {
  readonly port: number;
  close(): Promise<void>;
}

/** Starts an app on a port, or on a free one for 0. */
export type StartApp = (port: number) => Promise<RunningApp>;
