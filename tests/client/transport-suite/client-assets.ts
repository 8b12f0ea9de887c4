import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Assets } from './scripted-http.ts';

const modules = ['client', 'protocol'];

const page = `<!doctype html>
<title>transports</title>
<script type="importmap">
{"imports": {${modules.map((name) => `"@rt/${name}": "/.modules/${name}/index.js"`).join(', ')}}}
</script>
<script type="module">
import * as client from '@rt/client';
window.rtClient = client;
document.title = 'ready';
</script>
`;

/** A page that has the built client as modules, and the modules. */
export const clientAssets: Assets = (path) => {
  if (path === '/.page') return { type: 'text/html; charset=utf-8', body: page };
  if (path === '/.turn') return { type: 'text/plain', body: '' };
  const [, name = '', file = ''] = /^\/\.modules\/([a-z]+)\/([a-z0-9/-]+\.js)$/.exec(path) ?? [];
  if (!modules.includes(name)) return null;
  const found = fileURLToPath(new URL(`../../../packages/${name}/dist/${file}`, import.meta.url));
  return existsSync(found) ? { type: 'text/javascript', body: readFileSync(found, 'utf8') } : null;
};
