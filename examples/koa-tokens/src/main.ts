import { createServer } from 'node:http';
import { listen } from '@rt/example-ui/process';
import { createTokens } from './app.ts';

const tokens = createTokens();
const server = createServer(tokens.listener);
tokens.attach(server);

listen({
  server,
  greeting: (url) => [
    `Ask the docs: ${url}`,
    `  curl -H 'content-type: application/json' -d '{"question":"What if something really is missing?"}' ${url}/replies`,
    `  curl -N -H 'accept: text/event-stream' '${url}/rt?channel=reply:ID&after=start'`,
  ],
  close: () => tokens.close(),
});
