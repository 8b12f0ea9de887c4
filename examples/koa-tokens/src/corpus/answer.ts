import type { Prepared } from './prepared.ts';
import type { Hit, SearchIndex } from './search-index.ts';

/** What is written on a question, and where it is from. */
export interface Answer {
  readonly text: string;
  readonly sources: readonly string[];
}

export interface Knowledge {
  readonly prepared: readonly Prepared[];
  readonly index: SearchIndex;
  /** How much of the documents the index has, 0 to 1. */
  readonly indexedShare: number;
}

/** A passage has to be about this much of what was asked. */
const leastCovered = 0.45;
/** And not much worse than the best one. */
const leastOfBest = 0.6;

/** Writes an answer: the prepared one to a prepared question, else the passages that are closest. No model is asked. */
export function answerTo(question: string, { prepared, index, indexedShare }: Knowledge): Answer {
  const same = prepared.find((one) => isSame(one.question, question));
  if (same !== undefined) return { text: same.answer, sources: [same.path] };
  const hits = index.search(question, 3);
  const best = hits[0];
  const partly =
    indexedShare < 1 ? `\n\nThe index was at ${Math.floor(indexedShare * 100)} % when this was asked.` : '';
  if (best === undefined || best.covered < leastCovered) return { text: nothing + partly, sources: [] };
  const close = hits.filter((hit) => hit.score >= best.score * leastOfBest && hit.covered >= leastCovered);
  return {
    text: [lead(close.length), ...close.map(quoted)].join('\n\n') + partly,
    sources: [...new Set(close.map(({ passage }) => passage.document))],
  };
}

const nothing =
  'Nothing in the docs of this library is about that. They know how a page comes back to its place, what a gap is, who may read a channel, how a hub is mounted in Express, Fastify, Koa and Nest, and what goes over the wire. Ask with the words that such a page would use.';

function lead(places: number): string {
  if (places === 1) return 'One place in the docs is about that.';
  return `${places === 2 ? 'Two' : 'Three'} places in the docs are about that, the closest first.`;
}

function quoted({ passage: { document, title, text } }: Hit): string {
  return `**${title}**, in \`${document}\`\n\n${text}`;
}

function isSame(one: string, other: string): boolean {
  const bare = (text: string): string =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
      .trim();
  return bare(one) === bare(other);
}
