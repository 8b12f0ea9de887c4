interface Ranked {
  readonly id: string;
  readonly rank: number;
}

/** In the order of a column: the same on every page, also where two cards were given one rank. */
export function inOrder<Card extends Ranked>(cards: readonly Card[]): Card[] {
  return cards.toSorted((one, other) => one.rank - other.rank || (one.id < other.id ? -1 : 1));
}

/** The rank of what is put at an index among cards that are in order. */
export function rankAt(cards: readonly Ranked[], index: number): number {
  const above = cards[index - 1]?.rank;
  const below = cards[index]?.rank;
  if (above === undefined) return below === undefined ? 1 : below - 1;
  return below === undefined ? above + 1 : (above + below) / 2;
}
