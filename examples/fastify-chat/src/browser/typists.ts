import type { Writer } from '../visitor.ts';

/** How long somebody types after they were last heard to. */
const typesForMs = 4000;
/** How often a page says that somebody types. */
export const sayEveryMs = 2000;

/** Who types at this moment: nobody says when they stop. */
export class Typists {
  readonly #onChange: () => void;
  readonly #until = new Map<string, { readonly name: string; readonly timer: ReturnType<typeof setTimeout> }>();

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get ids(): ReadonlySet<string> {
    return new Set(this.#until.keys());
  }

  get names(): readonly string[] {
    return [...this.#until.values()].map(({ name }) => name);
  }

  types({ id, name }: Writer): void {
    clearTimeout(this.#until.get(id)?.timer);
    this.#until.set(id, { name, timer: setTimeout(() => this.stopped(id), typesForMs) });
    this.#onChange();
  }

  /** What they have typed has come, or they have been silent. */
  stopped(id: string): void {
    clearTimeout(this.#until.get(id)?.timer);
    if (this.#until.delete(id)) this.#onChange();
  }
}

/** Who types, in words. */
export function typingWords(names: readonly string[]): string {
  const [first, second] = names;
  if (first === undefined) return '';
  if (second === undefined) return `${first} is typing`;
  return names.length === 2 ? `${first} and ${second} are typing` : `${names.length} people are typing`;
}
