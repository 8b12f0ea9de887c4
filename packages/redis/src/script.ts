import { createHash } from 'node:crypto';

/** A script that runs as one step on the server, with the name under which the server remembers it. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

export function script(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

const sharded = new WeakMap<Script, Script>();

/** The same script for a cluster, where what is said stays with the master that has the slot. */
export function shardedScript(given: Script): Script {
  const known = sharded.get(given) ?? script(given.text.replaceAll("call('PUBLISH',", "call('SPUBLISH',"));
  sharded.set(given, known);
  return known;
}
