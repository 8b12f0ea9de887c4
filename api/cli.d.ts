// @rt/cli

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export interface Screen {
  readonly colours: boolean;
  line(text: string): void;
}

export interface Terminal {
  readonly out: Screen;
  readonly notes: Screen;
  readonly lines: () => AsyncIterable<string>;
  readonly signal: AbortSignal;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

export declare function run(args: readonly string[], terminal: Terminal): Promise<ExitCode>;

// Not exported, and part of what is.

declare const exitCodes: {
  readonly good: 0;
  readonly found: 1;
  readonly usage: 2;
  readonly unreached: 3;
};
