import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { listening } from '../support/listen.ts';

/** The docs as a site, built and served. */
export interface DocsSite {
  readonly url: string;
  close(): Promise<void>;
}

const docs = fileURLToPath(new URL('../../docs', import.meta.url));
const types: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

/** Builds the site into a folder of its own, and serves it with URLs that have no `.html`. */
export async function docsSite(): Promise<DocsSite> {
  const folder = await mkdtemp(join(tmpdir(), 'rt-site-'));
  const vitepress = 'node_modules/vitepress/bin/vitepress.js';
  await promisify(execFile)(process.execPath, [vitepress, 'build', '.', '--outDir', folder], { cwd: docs });
  const answer = async (url: string, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(url, 'http://site');
    const file = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
    const path = join(folder, extname(file) === '' ? `${file}.html` : file);
    try {
      const body = await readFile(path);
      response.writeHead(200, { 'content-type': types[extname(path)] ?? 'application/octet-stream' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  };
  const { port, close } = await listening(createServer(({ url = '/' }, response) => void answer(url, response)));
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      await close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Where a page of the site is. */
export function pathOf(page: string): string {
  return page
    .replace(/^docs/, '')
    .replace(/\.md$/, '')
    .replace(/\/index$/, '/');
}
