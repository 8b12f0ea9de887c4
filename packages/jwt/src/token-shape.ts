import { RtError } from '@rt/protocol';

/** The longest token, in characters: longer ones would not fit into a request's headers either. */
const maxTokenLength = 8192;

const shape = /^([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/**
 * Refuses what no key needs to be asked about, so that garbage costs next to nothing and never leads to a fetch.
 *
 * @throws RtError `token_invalid`
 */
export function checkShape(token: string, algorithms: readonly string[]): void {
  if (typeof token !== 'string') throw new RtError('token_invalid', `a token is a text, but ${typeof token} came`);
  if (token.length > maxTokenLength) {
    throw new RtError('token_invalid', `a token has up to ${maxTokenLength} characters, and this has ${token.length}`);
  }
  const head = shape.exec(token)?.[1];
  if (head === undefined) {
    throw new RtError(
      'token_invalid',
      'a token is a signed JWT, three parts of base64url with dots between them, and this is not',
    );
  }
  const algorithm = algorithmOf(head);
  if (typeof algorithm !== 'string' || !algorithms.includes(algorithm)) {
    throw new RtError(
      'token_invalid',
      `the token must be signed with ${algorithms.join(', ')}, but its header says ${shown(algorithm)}`,
    );
  }
}

function algorithmOf(head: string): unknown {
  try {
    const header: unknown = JSON.parse(Buffer.from(head, 'base64url').toString('utf8'));
    return typeof header === 'object' && header !== null && 'alg' in header ? header.alg : undefined;
  } catch {
    return undefined;
  }
}

/** What came: a name as it is, anything else not at all, since it may be part of a secret. */
function shown(algorithm: unknown): string {
  return typeof algorithm === 'string' && /^[A-Za-z0-9-]{1,14}$/.test(algorithm) ? algorithm : 'no algorithm';
}
