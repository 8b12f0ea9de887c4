/** The element of the page that a selector names. */
export function element<Of extends HTMLElement = HTMLElement>(selector: string): Of {
  const found = document.querySelector<Of>(selector);
  if (found === null) throw new Error(`The page has no ${selector}`);
  return found;
}

/** Writes only what has changed, since a live region speaks at each write. */
export function setText(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}
