/** A piece of text, and where it is in the source. */
export interface Span {
  readonly kind: 'text' | 'code' | 'strong' | 'em' | 'comment';
  readonly text: string;
  readonly at: number;
}

/** A part of an answer. `source` is all that it is made of, and `at` where that begins. */
export interface Block {
  readonly kind: 'paragraph' | 'code' | 'bullets' | 'numbers';
  readonly at: number;
  readonly source: string;
  /** One line of spans each: of a list its items, of anything else one alone. */
  readonly lines: readonly (readonly Span[])[];
}

/** Reads what answers are written in: paragraphs, lists, code in fences. What is not finished yet is read as far as it is. */
export function blocksOf(text: string): readonly Block[] {
  return sourcesOf(text).map(({ at, source }) => blockOf(source, at));
}

interface Source {
  readonly at: number;
  readonly source: string;
}

/** The parts between empty lines; a fence holds together what is in it. */
function sourcesOf(text: string): readonly Source[] {
  const sources: Source[] = [];
  let begin = 0;
  let inCode = false;
  let at = 0;
  const finish = (): void => {
    const source = text.slice(begin, at).trimEnd();
    if (source !== '') sources.push({ at: begin, source });
  };
  for (const line of text.split('\n')) {
    if (line.startsWith('```')) inCode = !inCode;
    else if (line.trim() === '' && !inCode) {
      finish();
      begin = at + line.length + 1;
    }
    at += line.length + 1;
  }
  finish();
  return sources;
}

function blockOf(source: string, at: number): Block {
  if (source.startsWith('```')) {
    const begin = source.includes('\n') ? source.indexOf('\n') + 1 : source.length;
    const code = source.slice(begin).replace(/\n?`{1,3}$/, '');
    return { kind: 'code', at, source, lines: [commentsIn(code, at + begin)] };
  }
  const item = /^ *(?:- |\d+\. )/gm;
  if (/^ *- /.test(source) || /^ *\d+\. /.test(source)) {
    const marks = [...source.matchAll(item)];
    const lines = marks.map((mark, index) => {
      const begin = mark.index + mark[0].length;
      return inline(source.slice(begin, marks[index + 1]?.index ?? source.length).trimEnd(), at + begin);
    });
    return { kind: /^ *- /.test(source) ? 'bullets' : 'numbers', at, source, lines };
  }
  return { kind: 'paragraph', at, source, lines: [inline(source, at)] };
}

const marked = /`([^`]+)`|\*\*([^*]+)\*\*|(?<![\p{L}\p{N}_])_([^_]+)_(?![\p{L}\p{N}_])|\*([^*\s][^*]*)\*/gu;

function inline(text: string, at: number): readonly Span[] {
  const spans: Span[] = [];
  let done = 0;
  for (const match of text.matchAll(marked)) {
    const [whole, code, strong, underlined, starred] = match;
    spans.push({ kind: 'text', text: text.slice(done, match.index), at: at + done });
    const kind = code !== undefined ? 'code' : strong !== undefined ? 'strong' : 'em';
    const inner = code ?? strong ?? underlined ?? starred ?? '';
    spans.push({ kind, text: inner, at: at + match.index + whole.indexOf(inner) });
    done = match.index + whole.length;
  }
  spans.push({ kind: 'text', text: text.slice(done), at: at + done });
  return spans.filter((span) => span.text !== '');
}

function commentsIn(code: string, at: number): readonly Span[] {
  const spans: Span[] = [];
  let done = 0;
  for (const { index, 0: comment } of code.matchAll(/(?<![:\S])(?:\/\/|#).*$/gm)) {
    spans.push({ kind: 'text', text: code.slice(done, index), at: at + done });
    spans.push({ kind: 'comment', text: comment, at: at + index });
    done = index + comment.length;
  }
  spans.push({ kind: 'text', text: code.slice(done), at: at + done });
  return spans.filter((span) => span.text !== '');
}
