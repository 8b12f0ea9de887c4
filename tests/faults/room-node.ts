import { createHub } from '@rt/core';
import { redisBroker } from '@rt/redis';
import { Redis } from 'ioredis';
import { SimulatedSession } from '../support/simulated-session.ts';
import { channels } from './room-channels.ts';

// A node in a process of its own, so that it can be killed: with so many users in a room, who publish there.
const [port = '', name = '', count = '0'] = process.argv.slice(2);
const hub = createHub({ channels, broker: redisBroker({ redis: new Redis(Number(port)) }) });
for (let n = 0; n < Number(count); n += 1) {
  const session = await SimulatedSession.open(hub, `${name} ${n}`);
  session.send({ type: 'enter', channel: 'room:1' });
}
process.on('disconnect', () => process.exit());
process.send?.('ready');
for (let n = 1; ; n += 1)
  await hub
    .channel('room:1')
    .publish('said', n)
    .catch(() => {});
