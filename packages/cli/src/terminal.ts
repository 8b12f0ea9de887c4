/** Where lines are shown. */
export interface Screen {
  /** Whether it takes colours. */
  readonly colours: boolean;
  line(text: string): void;
}

/** What a command has of the process that it runs in. Tests bring their own. */
export interface Terminal {
  /** What was asked for. */
  readonly out: Screen;
  /** What is said about it. */
  readonly notes: Screen;
  /** The lines of the input. */
  readonly lines: () => AsyncIterable<string>;
  /** Aborted when it is to end. */
  readonly signal: AbortSignal;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

const styles = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

export type Style = keyof typeof styles;

/** The text in a style, where the screen has any. */
export function styled({ colours }: Screen, style: Style, text: string): string {
  return colours ? `\u001B[${styles[style]}m${text}\u001B[0m` : text;
}

/** Whether to use colours on a stream, by what the user has said, else by whether somebody looks at it. */
export function wantsColours(isTty: boolean, variables: Terminal['variables']): boolean {
  if ((variables['NO_COLOR'] ?? '') !== '') return false;
  if ((variables['FORCE_COLOR'] ?? '') !== '') return variables['FORCE_COLOR'] !== '0';
  return isTty && variables['TERM'] !== 'dumb';
}

/**
 * Text of others, made harmless: what a terminal takes for a command, or for a change of the direction of writing, is shown
 * as its number.
 */
export function printable(text: string): string {
  return text.replaceAll(
    // oxlint-disable-next-line no-control-regex
    /[\u0000-\u001F\u007F-\u009F\u2028-\u202E\u2066-\u2069]/g,
    (character) => String.raw`\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}

/** A value as JSON in one line, made harmless: it can still be read back as the same. */
export function jsonLine(value: unknown): string {
  return printable(JSON.stringify(value));
}
