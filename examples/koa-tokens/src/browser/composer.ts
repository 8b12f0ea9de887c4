import type { Environment } from '@rt/client';
import { element, setText } from '@rt/example-ui';

const refusals: Readonly<Record<number, string>> = {
  400: 'Write a question first.',
  429: 'Too many answers are being written. Ask again in a moment.',
};

/**
 * The line in which questions are asked. Returns how to ask one that is written elsewhere.
 *
 * @param asked Is given the id of the answer that has begun.
 */
export function composer(
  fetch: Environment['fetch'],
  asked: (replyId: string) => void,
): (question: string) => Promise<void> {
  const form = element<HTMLFormElement>('#composer');
  const input = element<HTMLInputElement>('#ask');
  const refusal = element('#refusal');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void ask(input.value);
  });
  input.addEventListener('input', () => refuse(null));
  return ask;

  async function ask(question: string): Promise<void> {
    refuse(null);
    try {
      const response = await fetch('/replies', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ question }),
      });
      const { replyId } = (await response.json()) as { readonly replyId: string | null };
      if (replyId === null) return refuse(refusals[response.status] ?? 'The server did not take it. Ask again.');
      if (input.value === question) input.value = '';
      asked(replyId);
    } catch {
      // What was typed stays where it is.
      refuse('The server cannot be reached. Your question is still here: ask again when the page is live.');
      input.value = question;
    }
  }

  function refuse(why: string | null): void {
    refusal.hidden = why === null;
    setText(refusal, why ?? '');
  }
}
