import { element, setText } from '@rt/example-ui';
import { maxTextLength } from '../rooms.ts';

export interface ComposerOptions {
  readonly onSend: (text: string) => void;
  readonly onType: () => void;
}

/** From this many characters on the length is told. */
const tellsFrom = maxTextLength - 100;

/** Where one writes; what is not sent yet is kept for each room, also over a reload. */
export class Composer {
  readonly #form = element<HTMLFormElement>('#composer');
  readonly #text = element<HTMLTextAreaElement>('#text');
  readonly #options: ComposerOptions;
  #room = '';

  constructor(options: ComposerOptions) {
    this.#options = options;
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#text.addEventListener('keydown', (event) => {
      // Enter that ends a composed character is not one that sends.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#send();
    });
    this.#text.addEventListener('input', () => {
      this.#changed();
      if (this.#text.value.trim() !== '') options.onType();
    });
  }

  use(room: string, name: string): void {
    this.#text.placeholder = `Write to ${name}`;
    this.#text.setAttribute('aria-label', `Write to ${name}`);
    if (room === this.#room) return;
    this.#room = room;
    this.#text.value = sessionStorage.getItem(draftOf(room)) ?? '';
    this.#changed();
  }

  /** Puts back what was refused, before whatever is there already. */
  take(text: string): void {
    this.#text.value = [text, this.#text.value].filter((part) => part !== '').join('\n');
    this.#changed();
    this.focus();
  }

  focus(): void {
    this.#text.focus();
  }

  #send(): void {
    const text = this.#text.value.trim();
    if (text === '') return;
    this.#text.value = '';
    this.#changed();
    this.#options.onSend(text);
  }

  #changed(): void {
    const { value } = this.#text;
    if (value === '') sessionStorage.removeItem(draftOf(this.#room));
    else sessionStorage.setItem(draftOf(this.#room), value);
    this.#text.style.blockSize = 'auto';
    this.#text.style.blockSize = `${this.#text.scrollHeight + 2}px`;
    const length = element('#length');
    const count = value.trim().length;
    setText(length, count < tellsFrom ? '' : `${count} of ${maxTextLength} characters`);
    length.classList.toggle('trouble', count > maxTextLength);
  }
}

function draftOf(room: string): string {
  return `draft ${room}`;
}
