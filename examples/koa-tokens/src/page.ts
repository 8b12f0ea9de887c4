import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import Router from '@koa/router';
import { policy } from '@rt/example-ui/policy';
import type { Middleware } from 'koa';
import mount from 'koa-mount';
import serve from 'koa-static';

const publicFolder = fileURLToPath(new URL('../public', import.meta.url));
const browserFolder = fileURLToPath(new URL('browser', import.meta.url));
const lookFile = fileURLToPath(import.meta.resolve('@rt/example-ui/look.css'));

/** Serves the page from this machine alone; the policy makes the browser refuse anything else. */
export function page(): readonly Middleware[] {
  const router = new Router();
  // Each answer has a link of its own, and all are the one page.
  router.get(['/', '/r/:replyId'], async (ctx) => {
    ctx.type = 'html';
    ctx.body = await readFile(`${publicFolder}/index.html`);
  });
  router.get('/look.css', async (ctx) => {
    ctx.type = 'css';
    ctx.body = await readFile(lookFile);
  });
  return [
    async (ctx, next) => {
      ctx.set({ 'content-security-policy': policy, 'x-content-type-options': 'nosniff' });
      await next();
    },
    router.routes() as Middleware,
    mount('/browser', serve(browserFolder)),
    serve(publicFolder, { index: false }),
  ];
}
