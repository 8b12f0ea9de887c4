import { channelNameFault } from './channel-name.ts';
import { RtError } from './errors.ts';

/** The names of the parameters in a pattern: `'order:{orderId}'` has `'orderId'`. */
export type ParamName<Pattern extends string> = Pattern extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamName<Rest>
  : never;

/** The parameters that a name which matches the pattern carries, each a non-empty text without `:`. */
export type Params<Pattern extends string> = { readonly [Name in ParamName<Pattern>]: string };

/** The channel names that match a pattern, as a type: `'order:{orderId}'` is `` `order:${string}` ``. */
export type NameOf<Pattern extends string> = Pattern extends `${infer Head}{${string}}${infer Rest}`
  ? `${Head}${string}${NameOf<Rest>}`
  : Pattern;

type Segment = { readonly type: 'literal'; readonly text: string } | { readonly type: 'param'; readonly name: string };

/** A pattern ready to be matched against names. */
export interface ChannelPattern {
  readonly text: string;
  /** Two patterns with the same shape match the same names; a definition set MUST NOT hold both. */
  readonly shape: string;
  /** The parameters of a matching name, or `null`. */
  match(segments: readonly string[]): Readonly<Record<string, string>> | null;
  /** Negative if this pattern is the more exact one: it has a literal where the other has the first parameter. */
  compare(other: ChannelPattern): number;
}

const paramSegment = /^\{([A-Za-z_][A-Za-z0-9_]*)\}$/;

/**
 * Reads a pattern: segments separated by `:`, each either literal text or one `{param}` that takes the whole segment.
 * Matching is a comparison segment by segment, so no pattern can be slow and none is ambiguous.
 *
 * @throws RtError `definition_invalid` for an empty or mixed segment, a parameter named twice, or a bad character.
 */
export function parsePattern(text: string): ChannelPattern {
  const names = new Set<string>();
  const segments = text.split(':').map((part, index): Segment => {
    const name = paramSegment.exec(part)?.[1];
    if (name === undefined) {
      // Only a whole name may not begin with what is kept for the protocol.
      const fault = channelNameFault(index === 0 ? part : `-:${part}`);
      if (fault !== null) {
        throw invalid(
          text,
          `the segment "${part}" ${fault}; a parameter takes a whole segment, like "order:{orderId}"`,
        );
      }
      return { type: 'literal', text: part };
    }
    if (names.has(name)) throw invalid(text, `the parameter "${name}" comes twice`);
    names.add(name);
    return { type: 'param', name };
  });
  const shape = segments.map((segment) => (segment.type === 'literal' ? segment.text : '{}')).join(':');
  return { text, shape, match: (parts) => match(segments, parts), compare: (other) => exactFirst(shape, other.shape) };
}

function match(segments: readonly Segment[], parts: readonly string[]): Readonly<Record<string, string>> | null {
  if (segments.length !== parts.length) return null;
  // Without a prototype: a parameter may be called "constructor".
  const params = Object.create(null) as Record<string, string>;
  for (const [index, segment] of segments.entries()) {
    const part = parts[index] ?? '';
    if (segment.type === 'param') params[segment.name] = part;
    else if (segment.text !== part) return null;
  }
  return params;
}

function exactFirst(left: string, right: string): number {
  const others = right.split(':');
  for (const [index, segment] of left.split(':').entries()) {
    const exact = Number(segment !== '{}');
    const otherExact = Number(others[index] !== '{}');
    if (exact !== otherExact) return otherExact - exact;
  }
  return 0;
}

function invalid(text: string, why: string): RtError {
  return new RtError('definition_invalid', `the channel pattern "${text}" cannot be used: ${why}`);
}
