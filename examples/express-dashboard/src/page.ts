import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { policy } from '@rt/example-ui/policy';
import express, { type Router } from 'express';

const publicFolder = fileURLToPath(new URL('../public', import.meta.url));
const browserFolder = fileURLToPath(new URL('browser', import.meta.url));
const uplotFolder = dirname(fileURLToPath(import.meta.resolve('uplot')));
const lookFile = fileURLToPath(import.meta.resolve('@rt/example-ui/look.css'));

/** Serves the page from this machine alone; the policy makes the browser refuse anything else. */
export function page(): Router {
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
