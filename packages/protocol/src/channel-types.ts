import type { NameOf } from './channel-pattern.ts';

/** Every channel name that one of the patterns matches, as a type. */
export type ChannelNameOf<Patterns extends string> = { [Pattern in Patterns]: NameOf<Pattern> }[Patterns];

type Matching<Patterns extends string, Name extends string> = {
  [Pattern in Patterns]: Name extends NameOf<Pattern> ? Pattern : never;
}[Patterns];

/** Those of `All` that match only a part of the names that `Pattern` matches. */
type Narrower<Pattern extends string, All extends string> = All extends Pattern
  ? never
  : NameOf<All> extends NameOf<Pattern>
    ? All
    : never;

type MostExact<Pattern extends string, All extends string = Pattern> = Pattern extends string
  ? [Narrower<Pattern, All>] extends [never]
    ? Pattern
    : never
  : never;

/** The pattern that a channel name falls under: of those that match it, the most exact. */
export type PatternOf<Patterns extends string, Name extends string> = MostExact<Matching<Patterns, Name>>;
