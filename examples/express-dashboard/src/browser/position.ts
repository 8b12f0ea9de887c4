/** The server prints it as `epoch.offset`; offsets compare within one epoch only. */
export interface Position {
  readonly epoch: string;
  readonly offset: number;
}

export function parsePosition(text: string): Position | null {
  const dot = text.lastIndexOf('.');
  const offset = Number(text.slice(dot + 1));
  return dot > 0 && Number.isSafeInteger(offset) ? { epoch: text.slice(0, dot), offset } : null;
}

export function formatPosition({ epoch, offset }: Position): string {
  return `${epoch}.${offset}`;
}
