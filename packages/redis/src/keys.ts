/** Where logs are: what they are logs of is up to whoever names them. */
export interface LogNames {
  /** The keys of one log, in the order in which the scripts take them. They share a hash tag. */
  readonly keys: (name: string) => readonly string[];
  /** Its pub/sub channel. */
  readonly live: (name: string) => string;
}

/** Where the logs of channels are. */
export function channelNames(prefix: string): LogNames {
  return { keys: (channel) => logKeys(tagged(prefix, channel)), live: (channel) => liveName(prefix, channel) };
}

/** The keys of one log, in the order in which the scripts take them. */
export function logKeys(base: string): readonly string[] {
  return ['meta', 'entries', 'subjects', 'order', 'removals', 'keyed', 'keys'].map((name) => `${base}:${name}`);
}

/** The name of its pub/sub channel. */
export function liveName(prefix: string, channel: string): string {
  return `${tagged(prefix, channel)}:live`;
}

/** Braces in a channel's name would end the hash tag: they are written as `%7B` and `%7D`. */
function tagged(prefix: string, channel: string): string {
  const name = channel.replaceAll('%', '%25').replaceAll('{', '%7B').replaceAll('}', '%7D');
  return `${prefix}{${name}}`;
}
