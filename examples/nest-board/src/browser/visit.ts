import type { Visit } from '../me-controller.ts';

export type Me = Visit;

/** Who this browser is to the server. @throws if that cannot be reached */
export async function askWhoIAm(request: typeof fetch, wish?: { readonly readsOnly: boolean }): Promise<Me> {
  const asked =
    wish === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(wish) };
  const answer = await request('/me', asked);
  if (!answer.ok) throw new Error(`/me has answered ${answer.status}`);
  return (await answer.json()) as Me;
}
