// An app that makes a hub, and says what it was printed: in the process of tests.
import { channel, createHub, defineChannels, memoryBroker } from '@rt/core';
import { z } from 'zod';

const channels = defineChannels({ lobby: channel({ events: { said: z.string() }, subscribe: 'anyone' }) });
const hub = createHub({ channels, ...(process.argv.includes('--memory') && { broker: memoryBroker() }) });
await hub.channel('lobby').publish('said', 'hi');
await hub.close();
// A worker would stay for what its primary may say.
process.disconnect?.();
