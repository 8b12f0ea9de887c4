import { listen } from '@rt/example-ui/process';
import { createBoard } from './app.ts';

const app = await createBoard();

listen({
  server: app.getHttpServer(),
  greeting: (url) => [
    `A board of a ferry line: ${url}`,
    `  curl -N -H 'accept: text/event-stream' '${url}/rt?channel=activity:spring&last=5'`,
    `  curl -H 'accept: application/json' '${url}/rt?channel=board:spring&limit=3'`,
  ],
  close: () => app.close(),
});
