import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceFile } from './source-file.ts';

/** The ignored folders of .gitignore. A walk instead of `git ls-files`: a checkout may come without its .git. */
const ignored = new Set(['node_modules', '.cache', '.turbo', '.git', 'coverage']);

/** Every text file below `root`; of what was built only the JavaScript. */
export function readTree(root: string): readonly SourceFile[] {
  return walk(root, '').flatMap((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    return text.includes('\0') ? [] : [{ path, text }];
  });
}

function walk(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder ? `${folder}/${entry.name}` : entry.name;
    if (entry.isDirectory()) return ignored.has(entry.name) ? [] : walk(root, path);
    if (!entry.isFile() || /\.(?:log|tsbuildinfo)$/.test(path)) return [];
    return path.includes('/dist/') && !path.endsWith('.js') ? [] : [path];
  });
}
