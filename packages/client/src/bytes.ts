/** How bytes travel in frames: as base64 in the place of data. */
export type Body = { readonly data: unknown } | { readonly base64: string };

/** What the app publishes or sends, as a frame carries it. */
export function bodyOf(data: unknown): Body {
  if (!(data instanceof Uint8Array)) return { data: data ?? null };
  let text = '';
  for (const byte of data) text += String.fromCharCode(byte);
  return { base64: btoa(text) };
}

/** What a frame carries, as the app takes it. */
export function dataOf({ data, base64 }: { readonly data?: unknown; readonly base64?: string }): unknown {
  return base64 === undefined ? data : Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
