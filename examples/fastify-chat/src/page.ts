import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import files from '@fastify/static';
import { policy } from '@rt/example-ui/policy';
import type { FastifyInstance } from 'fastify';

const publicFolder = fileURLToPath(new URL('../public', import.meta.url));
const browserFolder = fileURLToPath(new URL('browser', import.meta.url));
const lookFolder = dirname(fileURLToPath(import.meta.resolve('@rt/example-ui/look.css')));

/** Serves the page from this machine alone; the policy makes the browser refuse anything else. */
export async function page(app: FastifyInstance): Promise<void> {
  app.addHook('onSend', async (_request, reply) => {
    reply.headers({ 'content-security-policy': policy, 'x-content-type-options': 'nosniff' });
  });
  await app.register(files, { root: publicFolder });
  await app.register(files, { root: browserFolder, prefix: '/browser/', decorateReply: false });
  app.get('/look.css', (_request, reply) => reply.sendFile('look.css', lookFolder));
}
