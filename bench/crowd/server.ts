// A hub with one crowded room, in a process of its own. The parent asks for what it has measured.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { channel, createHub, defineChannels } from '@rt/core';
import { attach, realtime } from '@rt/node';
import { answerWithMeasures } from './measures.ts';

const anything = { '~standard': { version: 1, vendor: 'bench', validate: (value: unknown) => ({ value }) } } as const;
const listUpTo = Number(process.argv[2]);

const hub = createHub({
  channels: defineChannels({
    'room:{id}': channel({
      events: { said: anything },
      subscribe: 'anyone',
      enter: 'anyone',
      presence: { state: anything, listUpTo },
    }),
  }),
  limits: { admission: { pendingHandshakes: false, loopDelayMs: false } },
});
const user = (request: { readonly url?: string | undefined }): { readonly id: string | null } => ({
  id: new URL(request.url ?? '', 'http://x').searchParams.get('user'),
});
const listener = realtime(hub, { user });
const server = createServer((request, response) => void listener(request, response));
attach(server);
server.listen(0, '127.0.0.1', 8192, () => process.send?.({ port: (server.address() as AddressInfo).port }));

answerWithMeasures();
