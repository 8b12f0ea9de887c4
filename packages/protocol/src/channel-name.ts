/** The longest channel name, in characters (which are bytes, since names are ASCII). */
export const maxChannelNameLength = 255;

const channelName = /^[A-Za-z0-9_.\-/@+=~%]+(?::[A-Za-z0-9_.\-/@+=~%]+)*$/;
const eventName = /^[A-Za-z0-9_.:-]{1,64}$/;
const reserved = 'rt.';

/**
 * Says what is wrong with a channel name, or `null` for a good one. A name is 1 to 255 ASCII characters in segments
 * separated by `:`; letters, digits and `_ . - / @ + = ~ %` are allowed, so that `encodeURIComponent` makes any
 * text fit, look-alike letters cannot be told apart only by their bytes, and no engine's special characters occur.
 * Names that begin with `rt.` are kept for the protocol.
 */
export function channelNameFault(name: string): string | null {
  if (name.length === 0) return 'is empty';
  if (name.length > maxChannelNameLength) return `is longer than ${maxChannelNameLength} characters`;
  if (name.startsWith(reserved)) return `begins with "${reserved}", which is kept for the protocol`;
  if (!channelName.test(name)) {
    return 'has an empty segment or a character other than ASCII letters, digits and _ . - / @ + = ~ % between ":"';
  }
  return null;
}

/**
 * Says what is wrong with an event name, or `null` for a good one: 1 to 64 ASCII letters, digits and `_ . : -`.
 * Names that begin with `rt.` are kept for the protocol.
 */
export function eventNameFault(name: string): string | null {
  if (name.startsWith(reserved)) return `begins with "${reserved}", which is kept for the protocol`;
  if (!eventName.test(name)) return 'is not 1 to 64 ASCII letters, digits and _ . : -';
  return null;
}
