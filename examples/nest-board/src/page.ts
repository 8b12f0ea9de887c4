import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { policy } from '@rt/example-ui/policy';
import { Visitors } from './visitors.ts';

const publicFolder = fileURLToPath(new URL('../public', import.meta.url));
const browserFolder = fileURLToPath(new URL('browser', import.meta.url));
const lookFile = fileURLToPath(import.meta.resolve('@rt/example-ui/look.css'));

interface PageRequest {
  readonly headers: { readonly cookie?: string };
}

interface PageResponse {
  set(headers: Readonly<Record<string, string>>): void;
  cookie(name: string, value: string, options: object): void;
  sendFile(path: string): void;
}

/** Serves the page from this machine alone; the policy makes the browser refuse anything else. */
export function servePage(app: NestExpressApplication): void {
  const visitors = app.get(Visitors);
  app.disable('x-powered-by');
  app.use((request: PageRequest, response: PageResponse, next: () => void) => {
    response.set({ 'content-security-policy': policy, 'x-content-type-options': 'nosniff' });
    next();
  });
  app.use(/^\/$/, (request: PageRequest, response: PageResponse, next: () => void) => {
    if (visitors.tokenOf(request.headers.cookie) === null) {
      response.cookie('visitor', randomUUID(), { sameSite: 'lax', httpOnly: true, maxAge: 30 * 86_400_000 });
    }
    next();
  });
  app.use('/look.css', (_request: PageRequest, response: PageResponse) => response.sendFile(lookFile));
  app.useStaticAssets(publicFolder);
  app.useStaticAssets(browserFolder, { prefix: '/browser' });
}
