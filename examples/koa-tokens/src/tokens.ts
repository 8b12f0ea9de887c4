const pieces = /\n+ *| ?[\p{L}\p{N}_]{1,7}| ?[^\s\p{L}\p{N}_]{1,3}|[^]/gu;

/** Cuts a text into pieces of the size that language models write in. Joined again they are the text. */
export function tokensOf(text: string): readonly string[] {
  return text.match(pieces) ?? [];
}

/** How long a writer takes over a token, in milliseconds: longer for longer ones, with a breath after each thought. */
export function humanPaceMs(token: string): number {
  const breath = token.includes('\n\n') ? 180 : /[.!?:]$/.test(token) ? 130 : /[,;]$/.test(token) ? 60 : 0;
  return (14 + token.length * 3 + breath) * (0.6 + Math.random() * 0.8);
}
