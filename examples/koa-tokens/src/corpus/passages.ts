import type { Document } from './documents.ts';

/** A part of a document that can be read for itself. */
export interface Passage {
  readonly document: string;
  /** The heading it stands under. */
  readonly title: string;
  /** Paragraphs, lists and code, in Markdown. */
  readonly text: string;
}

/** As many characters as a passage has, unless one block has more. */
const enough = 700;

/** Cuts a document at its headings, and long sections between their blocks. Tables and pictures are left out. */
export function passagesOf({ path, text }: Document): readonly Passage[] {
  const passages: Passage[] = [];
  let title = path;
  let blocks: string[] = [];
  const finish = (): void => {
    // What led to a table leads to nothing here.
    while (blocks.at(-1)?.endsWith(':') === true) blocks.pop();
    const joined = blocks.join('\n\n');
    // Code without a word about it answers nothing.
    if (/[a-z]{3}[^`]*[.:]/i.test(joined.replaceAll(/```[^]*?```/g, ''))) {
      passages.push({ document: path, title, text: joined });
    }
    blocks = [];
  };
  for (const block of blocksOf(text)) {
    const heading = /^#{1,6} +(.+)$/.exec(block)?.[1];
    if (heading !== undefined) {
      finish();
      title = heading.replaceAll('`', '');
      continue;
    }
    if (/^(?:\||!\[|<|---|\d{4}-\d\d-\d\d · )/.test(block)) continue;
    const isCode = block.startsWith('```');
    const size = blocks.reduce((sum, one) => sum + one.length, 0);
    // Code stays with what is said of it.
    if (!isCode && size > 0 && size + block.length > enough) finish();
    blocks.push(isCode ? block : plain(block));
  }
  finish();
  return passages;
}

/** What stands between empty lines; code in fences is one block, and a heading is one too. */
function blocksOf(text: string): readonly string[] {
  const blocks: string[] = [];
  let lines: string[] = [];
  let inCode = false;
  const finish = (): void => {
    if (lines.length > 0) blocks.push(lines.join('\n'));
    lines = [];
  };
  for (const line of text.split(/\r?\n/)) {
    const isFence = /^ *```/.test(line);
    if (!inCode && (isFence || line.startsWith('#') || line.trim() === '')) finish();
    if (inCode || line.trim() !== '') lines.push(line);
    if (isFence) inCode = !inCode;
    if (!inCode && (isFence || line.startsWith('#'))) finish();
  }
  finish();
  return blocks;
}

/** Lines that were wrapped are one again, links are their words, and quotations lose their mark. */
function plain(block: string): string {
  return block
    .replaceAll(/^> ?/gm, '')
    .replaceAll(/\n +(?![-*\d])/g, ' ')
    .replaceAll(/\n(?! *(?:[-*] |\d+\. ))/g, ' ')
    .replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1')
    .replaceAll(/^ *\* /gm, '- ')
    .trim();
}
