/**
 * The keys of one channel. They share a hash tag, so that a cluster keeps them together; braces in a channel's name would
 * end it, and are written as `%7B` and `%7D`.
 */
export function channelKeys(prefix: string, channel: string): readonly string[] {
  const base = tagged(prefix, channel);
  return ['meta', 'entries', 'subjects', 'order', 'removals', 'keyed', 'keys'].map((name) => `${base}:${name}`);
}

/** The name of its pub/sub channel. */
export function liveName(prefix: string, channel: string): string {
  return `${tagged(prefix, channel)}:live`;
}

function tagged(prefix: string, channel: string): string {
  const name = channel.replaceAll('%', '%25').replaceAll('{', '%7B').replaceAll('}', '%7D');
  return `${prefix}{${name}}`;
}
