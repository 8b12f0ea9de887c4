import type { Passage } from './passages.ts';

/** A passage that was found. */
export interface Hit {
  readonly passage: Passage;
  readonly score: number;
  /** How much of what was asked it has: the weight of the words found among all that were asked, 0 to 1. */
  readonly covered: number;
}

interface Entry {
  readonly passage: Passage;
  readonly counts: ReadonlyMap<string, number>;
  readonly length: number;
}

/** BM25's usual constants: how soon repetition stops to count, and how much length does. */
const saturation = 1.2;
const byLength = 0.75;
/** A word in the heading counts as so many in the text. */
const headingWeight = 3;

/** Finds passages by the words in them, rare words first (BM25). */
export class SearchIndex {
  readonly #entries: Entry[] = [];
  /** In how many passages a word is. */
  readonly #spread = new Map<string, number>();
  #length = 0;

  get size(): number {
    return this.#entries.length;
  }

  add(passage: Passage): void {
    const counts = new Map<string, number>();
    const words = [...wordsOf(passage.text), ...repeated(wordsOf(`${passage.title} ${passage.document}`))];
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    for (const word of counts.keys()) this.#spread.set(word, (this.#spread.get(word) ?? 0) + 1);
    this.#entries.push({ passage, counts, length: words.length });
    this.#length += words.length;
  }

  /** The best ones, best first. */
  search(question: string, count: number): readonly Hit[] {
    const asked = [...new Set(wordsOf(question))];
    const weightOfAll = asked.reduce((sum, word) => sum + this.#rarity(word), 0);
    return this.#entries
      .map((entry) => this.#hit(entry, asked, weightOfAll))
      .filter(({ score }) => score > 0)
      .toSorted((one, other) => other.score - one.score)
      .slice(0, count);
  }

  #hit({ passage, counts, length }: Entry, asked: readonly string[], weightOfAll: number): Hit {
    const average = this.#length / this.#entries.length;
    let score = 0;
    let found = 0;
    for (const word of asked) {
      const times = counts.get(word) ?? 0;
      if (times === 0) continue;
      const rarity = this.#rarity(word);
      found += rarity;
      const damped = times + saturation * (1 - byLength + (byLength * length) / average);
      score += (rarity * times * (saturation + 1)) / damped;
    }
    return { passage, score, covered: weightOfAll === 0 ? 0 : found / weightOfAll };
  }

  /** High for a word that few passages have, and highest for one that none has. */
  #rarity(word: string): number {
    const spread = this.#spread.get(word) ?? 0;
    return Math.log(1 + (this.#entries.length - spread + 0.5) / (spread + 0.5));
  }
}

const unspecific = new Set(
  'a an and are as at be been but by can could did do does for from had has have how i if in into is it its like me my of on one or our should so than that the their them then there these they this to use was we what when where which who whom why will with work works would you your'.split(
    ' ',
  ),
);

/** The words that say something, without the endings that grammar asks for. */
function wordsOf(text: string): readonly string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])
    .filter((word) => word.length > 1 && !unspecific.has(word))
    .map((word) => (word.length > 4 ? word.replace(/(?:ing|ed|es|e|s|ion)$/, '') : word.replace(/s$/, '')));
}

function repeated(words: readonly string[]): readonly string[] {
  return Array.from({ length: headingWeight }, () => words).flat();
}
