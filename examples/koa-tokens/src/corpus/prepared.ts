import { readdirSync, readFileSync } from 'node:fs';

/** A question that was thought of before, and its answer in Markdown. */
export interface Prepared {
  /** Its path in the repository. */
  readonly path: string;
  readonly question: string;
  readonly answer: string;
}

/** The files of a folder, each a question as its heading with the answer below it. */
export function readPrepared(folder: URL, pathOfFolder: string): readonly Prepared[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .toSorted()
    .map((name) => {
      const [heading = '', ...lines] = readFileSync(new URL(name, folder), 'utf8').split('\n');
      return { path: `${pathOfFolder}/${name}`, question: heading.replace(/^# /, ''), answer: lines.join('\n').trim() };
    });
}
