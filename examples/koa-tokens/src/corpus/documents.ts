import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** A text of the corpus. */
export interface Document {
  /** Its path in the repository, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** What is read: what the library says of itself, and not what it is developed by. */
const wanted = /^(?:[A-Z]+\.md|docs\/.+\.md|packages\/[^/]+\/README\.md|examples\/[^/]+\/README\.md)$/;
const unwanted = /^(?:AGENTS|CONTRIBUTING)\.md$|\/reference\/requirements\.md$/;

/** All documents below a folder, in the order of their paths. */
export async function readDocuments(root: string): Promise<readonly Document[]> {
  const inFolder = async (folder: string, recursive: boolean): Promise<readonly string[]> =>
    (await readdir(join(root, folder), { recursive })).map((name) => join(folder, name));
  const packages = [...(await inFolder('packages', false)), ...(await inFolder('examples', false))];
  const paths = [
    ...(await inFolder('.', false)),
    ...(await inFolder('docs', true)),
    ...packages.map((folder) => join(folder, 'README.md')),
  ]
    .map((path) => path.split(sep).join('/'))
    .filter((path) => wanted.test(path) && !unwanted.test(path))
    .toSorted();
  const documents = await Promise.all(
    paths.map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8').catch(missing) })),
  );
  return documents.filter(({ text }) => text !== '');
}

/** Not every folder has a README. */
function missing(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return '';
  throw error;
}
