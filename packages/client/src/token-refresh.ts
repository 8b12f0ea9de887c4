import type { ServerFrame } from '@rt/protocol';
import type { Environment } from './environment.ts';

/** How much of a token's life is used until a new one is got. */
const refreshAt = 0.85;

/**
 * Brings a new token before the one that counts expires. What comes to nothing is not tried again: then the session ends
 * when its token does, and the next connection gets another one, or says why not.
 *
 * @param bring Gets a token and tells the server, or resolves to `null` without one.
 * @returns Sets after how long the token that counts expires; `null` is never.
 */
export function tokenRefresh(
  environment: Environment,
  bring: () => Promise<ServerFrame | null>,
): (expiresInMs: number | null) => void {
  let cancel = (): void => {};
  return function expiresIn(ms) {
    cancel();
    if (ms === null) return;
    const afterMs = ms * refreshAt * (0.9 + 0.1 * environment.random());
    cancel = environment.timer(afterMs, () => {
      bring().then(
        (answer) => answer?.type === 'refreshed' && expiresIn(answer.expiresInMs),
        () => {},
      );
    });
  };
}
