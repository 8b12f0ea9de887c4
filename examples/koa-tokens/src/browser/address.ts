const inPath = /^\/r\/([0-9a-z]+)$/;

/** The answer that the page's address names, or `null`. */
export function replyInAddress(): string | null {
  return inPath.exec(location.pathname)?.[1] ?? null;
}

/** The path of an answer, or of the questions. */
export function pathOf(replyId: string | null): string {
  return replyId === null ? '/' : `/r/${replyId}`;
}

/** What to give to somebody who wants to read along. */
export function linkOf(replyId: string | null): string {
  return new URL(pathOf(replyId), location.href).href;
}

/** Changes the address, so that a reload and the way back lead to what is read. */
export function goTo(replyId: string | null): void {
  if (replyInAddress() !== replyId) history.pushState(null, '', pathOf(replyId));
}
