import type { Block, Span } from './markdown.ts';
import { blocksOf } from './markdown.ts';

/** A part of the text, from one character up to another. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface Drawn {
  readonly text: string;
  /** What came after a reconnect; it is tinted. */
  readonly late: readonly Range[];
  /** Whether there is more to come: then a caret stands at the end. */
  readonly writing: boolean;
}

/** Draws an answer as it grows. Blocks that have not changed stay what they are: a selection in them too. */
export class AnswerDrawing {
  readonly #target: HTMLElement;
  #keys: string[] = [];

  constructor(target: HTMLElement) {
    this.#target = target;
  }

  draw({ text, late, writing }: Drawn): void {
    const blocks = blocksOf(text);
    const keys = blocks.map((block, index) => {
      const end = block.at + block.source.length;
      const tinted = late.filter(({ from, to }) => from < end && to > block.at);
      return JSON.stringify([block, tinted, writing && index === blocks.length - 1]);
    });
    for (const [index, block] of blocks.entries()) {
      if (keys[index] === this.#keys[index]) continue;
      const node = nodeOf(block, late, writing && index === blocks.length - 1);
      const before = this.#target.children[index];
      if (before === undefined) this.#target.append(node);
      else before.replaceWith(node);
    }
    while (this.#target.children.length > blocks.length) this.#target.lastElementChild?.remove();
    this.#keys = keys;
  }
}

function nodeOf({ kind, lines }: Block, late: readonly Range[], caret: boolean): HTMLElement {
  const filled = lines.map((spans) => spans.flatMap((span) => nodesOf(span, late)));
  if (caret) filled.at(-1)?.push(caretNode());
  if (kind === 'bullets' || kind === 'numbers') {
    return made(kind === 'bullets' ? 'ul' : 'ol', ...filled.map((nodes) => made('li', ...nodes)));
  }
  const nodes = filled[0] ?? [];
  if (kind === 'paragraph') return made('p', ...nodes);
  const pre = made('pre', made('code', ...nodes));
  // It may be wider than the page: then it is scrolled, also by keys.
  pre.tabIndex = 0;
  pre.ariaLabel = 'Code';
  pre.setAttribute('role', 'region');
  return pre;
}

const tags = { text: null, code: 'code', strong: 'strong', em: 'em', comment: 'i' } as const;

function nodesOf({ kind, text, at }: Span, late: readonly Range[]): readonly Node[] {
  const parts = split(text, at, late).map(({ text: part, isLate }) => (isLate ? made('mark', part) : part));
  const tag = tags[kind];
  return tag === null
    ? parts.map((part) => (typeof part === 'string' ? document.createTextNode(part) : part))
    : [made(tag, ...parts)];
}

/** Cuts a text where what came late begins and ends. */
function split(text: string, at: number, late: readonly Range[]): readonly { text: string; isLate: boolean }[] {
  const cuts = late.flatMap(({ from, to }) => [from - at, to - at]).filter((cut) => cut > 0 && cut < text.length);
  const bounds = [0, ...[...new Set(cuts)].toSorted((one, other) => one - other), text.length];
  return bounds.slice(0, -1).map((from, index) => ({
    text: text.slice(from, bounds[index + 1]),
    isLate: late.some((range) => range.from <= at + from && range.to > at + from),
  }));
}

function caretNode(): HTMLElement {
  const caret = made('span');
  caret.className = 'caret';
  caret.ariaHidden = 'true';
  return caret;
}

function made(tag: string, ...content: (Node | string)[]): HTMLElement {
  const node = document.createElement(tag);
  node.append(...content);
  return node;
}
