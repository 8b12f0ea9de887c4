import type { Visit } from '../visits.ts';

export type Me = NonNullable<Visit['me']>;

/** How the page asks who it is. */
export class Visits {
  readonly #fetch: typeof fetch;

  constructor(request: typeof fetch) {
    this.#fetch = request;
  }

  /** @throws if the server cannot be reached */
  async ask(): Promise<Visit> {
    return (await this.#fetch('/me')).json() as Promise<Visit>;
  }

  /** Resolves to why the name cannot be had, or to who it is from now on. */
  async join(name: string, keyHolder: boolean): Promise<Visit | { readonly refused: string }> {
    const body = JSON.stringify({ name, keyHolder });
    try {
      const answer = await this.#fetch('/join', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      if (answer.ok) return (await answer.json()) as Visit;
      const { message } = (await answer.json()) as { readonly message?: string };
      return { refused: message ?? 'The server would not have it.' };
    } catch {
      return { refused: 'The server cannot be reached just now. Try again in a moment.' };
    }
  }

  async leave(): Promise<Visit> {
    return (await this.#fetch('/leave', { method: 'POST' })).json() as Promise<Visit>;
  }
}
