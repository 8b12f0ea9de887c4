import { element, setText } from '@rt/example-ui';

export interface DoorOptions {
  /** Resolves to why the name cannot be had, or to `null`. */
  readonly join: (name: string, keyHolder: boolean) => Promise<string | null>;
}

const lastName = 'name';

/** Where a visitor picks a name. */
export class Door {
  readonly #form = element<HTMLFormElement>('#door');
  readonly #name = element<HTMLInputElement>('#name');

  constructor({ join }: DoorOptions) {
    const trouble = element('#door-trouble');
    const keyHolder = element<HTMLInputElement>('#key-holder');
    this.#name.value = localStorage.getItem(lastName) ?? '';
    const enter = async (): Promise<void> => {
      const refused = await join(this.#name.value, keyHolder.checked);
      setText(trouble, refused ?? '');
      trouble.hidden = refused === null;
      if (refused === null) localStorage.setItem(lastName, this.#name.value.trim());
      else this.#name.focus();
    };
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void enter();
    });
  }

  show(open: boolean, words: string): void {
    this.#form.hidden = !open;
    setText(element('#door-words'), words);
  }
}
