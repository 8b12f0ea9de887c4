import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const link = /\]\(([^()\s]+)\)/g;

/** The links of a page to files and headings that are not there. */
export function deadLinks(path: string, text: string, root: string): readonly string[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```$/gm, '');
  return [...prose.matchAll(link)].map(([, href = '']) => href).filter((href) => isDead(href, path, root));
}

function isDead(href: string, path: string, root: string): boolean {
  if (/^[a-z]+:|^\//.test(href)) return false;
  const [file = '', heading] = href.split('#');
  const target = file === '' ? join(root, path) : join(root, dirname(path), decodeURI(file));
  if (!existsSync(target)) return true;
  if (heading === undefined || statSync(target).isDirectory() || !target.endsWith('.md')) return false;
  return !headingsOf(readFileSync(target, 'utf8')).includes(heading);
}

/** The anchors of a page's headings that are the same in the repository and on the site. */
function headingsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].flatMap(([, heading = '']) => {
    const plain = heading.toLowerCase().replaceAll(/[`*]|\]\([^)]*\)|\[/g, '');
    const anchor = repositoryAnchor(plain);
    return anchor === siteAnchor(plain) ? [anchor] : [];
  });
}

function repositoryAnchor(plain: string): string {
  return plain
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}

function siteAnchor(plain: string): string {
  return plain.replaceAll(/[\s~`!@#$%^&*()\-_+=[\]{}|\\;:"'“”‘’<>,.?/]+/g, '-').replaceAll(/^-+|-+$/g, '');
}
