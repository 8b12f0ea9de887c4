import { createHash } from 'node:crypto';

/** A script that runs as one step on the server, with the name under which the server remembers it. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

export function script(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}
