import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import files from '@fastify/static';
import { policy } from '@rt/example-ui/policy';
import type { FastifyInstance } from 'fastify';

const publicFolder = fileURLToPath(new URL('../public', import.meta.url));
const browserFolder = fileURLToPath(new URL('browser', import.meta.url));
const lookFolder = dirname(fileURLToPath(import.meta.resolve('@rt/example-ui/look.css')));

export interface PageOptions {
  /** The folder with `main.js`. @default the chat's own */
  readonly scripts?: string;
  /** More elements in the head of the page. @default none */
  readonly head?: string;
}

/** Serves the page from this machine alone; the policy makes the browser refuse anything else. */
export async function page(
  app: FastifyInstance,
  { scripts = browserFolder, head = '' }: PageOptions = {},
): Promise<void> {
  const html = (await readFile(join(publicFolder, 'index.html'), 'utf8')).replace('</head>', `${head}</head>`);
  app.addHook('onSend', async (_request, reply) => {
    reply.headers({ 'content-security-policy': policy, 'x-content-type-options': 'nosniff' });
  });
  app.get('/', (_request, reply) =>
    reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(html),
  );
  await app.register(files, { root: publicFolder, index: false });
  await app.register(files, { root: scripts, prefix: '/browser/', decorateReply: false });
  app.get('/look.css', (_request, reply) => reply.sendFile('look.css', lookFolder));
}
