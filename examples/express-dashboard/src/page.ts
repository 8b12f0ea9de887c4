import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type Router } from 'express';

const publicFolder = fileURLToPath(new URL('../public', import.meta.url));
const browserFolder = fileURLToPath(new URL('browser', import.meta.url));
const uplotFolder = dirname(fileURLToPath(import.meta.resolve('uplot')));
const lookFile = fileURLToPath(import.meta.resolve('@rt/example-ui/look.css'));

/** Serves the page from this machine alone; the policy makes the browser refuse anything else. */
export function page(): Router {
  const policy = contentSecurityPolicy(readFileSync(`${publicFolder}/index.html`, 'utf8'));
  const router = express.Router();
  router.use((_request, response, next) => {
    response.set({ 'content-security-policy': policy, 'x-content-type-options': 'nosniff' });
    next();
  });
  router.use(express.static(publicFolder));
  router.use('/browser', express.static(browserFolder));
  router.use('/uplot', express.static(uplotFolder, { index: false }));
  router.get('/look.css', (_request, response) => response.sendFile(lookFile));
  return router;
}

/** An import map has to be inline, so its hash is allowed and nothing else that is inline. */
function contentSecurityPolicy(html: string): string {
  const importMap = /<script type="importmap">([^]*?)<\/script>/.exec(html)?.[1] ?? '';
  const hash = createHash('sha256').update(importMap).digest('base64');
  return [
    "default-src 'none'",
    `script-src 'self' 'sha256-${hash}'`,
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
