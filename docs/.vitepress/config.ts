import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { sidebar } from './sidebar.ts';

const docs = join(dirname(fileURLToPath(import.meta.url)), '..');
const repository = join(docs, '..');
const source = 'https://github.com/rt/rt/blob/main';

/** Pages link to files as they lie in the repository. Those that are no pages are shown where the repository is. */
function outside(href: string, page: string): string | null {
  const [path = '', hash] = href.split('#');
  if (path === '' || /^[a-z]+:|^\//.test(path)) return null;
  const target = join(docs, dirname(page), path);
  const isPage = !relative(docs, target).startsWith('..') && !/\.(?:ts|tsx|json)$/.test(path);
  if (isPage && /\.(?:md|html|png|svg)$/.test(path)) return null;
  if (!existsSync(target)) throw new Error(`${page} links to ${href}, and there is nothing`);
  if (isPage) return `${href.replace(/\/$/, '')}/index`;
  return `${source}/${relative(repository, target)}${hash === undefined ? '' : `#${hash}`}`;
}

// oxlint-disable-next-line import/no-default-export -- VitePress looks for it
export default defineConfig({
  title: '@rt',
  description: 'Live features inside the web server you already have: a channel is a log, a subscription is a cursor.',
  cleanUrls: true,
  metaChunk: true,
  cacheDir: '.cache/vitepress',
  outDir: '.cache/site',
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      { text: 'Start', link: '/start/' },
      { text: 'Guides', link: '/guides/channels' },
      { text: 'Reference', link: '/reference/options' },
      { text: 'Internals', link: '/internals/journey' },
    ],
    sidebar,
    outline: [2, 3],
  },
  markdown: {
    languageAlias: { haproxy: 'nginx' },
    config(md) {
      md.core.ruler.push('outside', ({ tokens, env }) => {
        for (const token of tokens.flatMap(({ children }) => children ?? [])) {
          const href = token.attrGet('href');
          const url = href === null ? null : outside(decodeURI(href), (env as { relativePath: string }).relativePath);
          if (url !== null) token.attrSet('href', url);
        }
      });
    },
  },
});
