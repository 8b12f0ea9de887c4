import { listen } from '@rt/example-ui/process';
import { createChat } from './app.ts';

const { app } = await createChat();
await app.ready();

listen({
  server: app.server,
  greeting: (url) => [
    `Rooms of a bicycle workshop: ${url}`,
    `  curl -N -H 'accept: text/event-stream' '${url}/rt?channel=room:workshop&last=5'`,
    `  curl -H 'accept: application/json' '${url}/rt?channel=room:parts&limit=2'`,
  ],
  close: () => app.close(),
});
