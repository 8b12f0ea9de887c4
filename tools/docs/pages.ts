import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withCode } from './code-fence.ts';
import { withMeasured } from './measured-table.ts';
import { withTables } from './reference-table.ts';

/** A page of the site, as it is and as it should be. */
export interface Page {
  readonly path: string;
  readonly text: string;
  readonly generated: string;
}

/** What a reader sees first, of all and of each host. */
const readmes = [
  'README.md',
  ...['express-sse', 'fastify', 'koa', 'nest', 'node'].map((name) => `packages/${name}/README.md`),
];

/** Every page below `docs/`, and the READMEs. */
export function readPages(root: string): readonly Page[] {
  return readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md') && !/node_modules|\.cache/.test(path))
    .map((path) => `docs/${path}`)
    .concat(readmes)
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      return { path, text, generated: withMeasured(withTables(withCode(text, root), root), root) };
    });
}

/** A text without what a formatter may change. */
export function unformatted(text: string): string {
  return text
    .replaceAll(/\s+/g, '')
    .replaceAll(/,(?=[)\]}])/g, '')
    .replaceAll(/-{3,}/g, '---');
}
