let held: Promise<void> = Promise.resolve();

/** What the apps wait for with a request that has `x-held`. */
export function front(): Promise<void> {
  return held;
}

/** Holds such requests until the returned function is called. */
export function holdFront(): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  held = promise;
  return resolve;
}

/** What an app answers to whom it does not know. */
export const loginFirst = { error: 'login first' };

/** The user that a request's header names. */
export function userOf(id: string | readonly string[] | undefined): { readonly id: string } | null {
  return typeof id === 'string' && id !== '' ? { id } : null;
}
