interface Parts {
  readonly class?: string;
  readonly text?: string;
  /** Attributes that are not of these kinds. */
  readonly attributes?: Readonly<Record<string, string>>;
  readonly onClick?: () => void;
}

/** An element with what is in it. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  { class: name, text, attributes = {}, onClick }: Parts = {},
  ...children: readonly (Node | null)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (name !== undefined) made.className = name;
  if (text !== undefined) made.textContent = text;
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  if (onClick !== undefined) made.addEventListener('click', onClick);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** A button that looks like a word. */
export function word(text: string, onClick: () => void): HTMLButtonElement {
  return make('button', { class: 'word', text, attributes: { type: 'button' }, onClick });
}

/** Gives a list the rows it should have, by their keys: a row that is the same as before is left alone. */
export function setRows<Row extends { readonly key: string }>(
  list: HTMLElement,
  rows: readonly Row[],
  draw: (row: Row) => HTMLElement,
): void {
  const before = new Map(
    [...list.children].map((child) => [(child as HTMLElement).dataset['key'], child as HTMLElement]),
  );
  let next = list.firstElementChild;
  for (const row of rows) {
    const signature = JSON.stringify(row);
    let shown = before.get(row.key);
    before.delete(row.key);
    if (shown?.dataset['is'] !== signature) {
      const drawn = draw(row);
      drawn.dataset['key'] = row.key;
      drawn.dataset['is'] = signature;
      if (shown === next) next = next?.nextElementSibling ?? null;
      shown?.remove();
      shown = drawn;
    }
    if (shown === next) next = next.nextElementSibling;
    else list.insertBefore(shown, next);
  }
  for (const gone of before.values()) gone.remove();
}
