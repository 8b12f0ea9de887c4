import { createPublisher, memoryBroker } from '@rt/core';
import { channels } from './channels.ts';
import { hub } from './hub.ts';

export async function publish(): Promise<readonly unknown[]> {
  // #region publish
  const room = hub.channel('room:1');
  const position = await room.publish('message', { text: 'hi' }); // it is kept: "k3f9a2.1"
  await room.publish('message', { text: 'hi' }, { key: 'import-17' });
  await room.publish('message', { text: 'hi' }, { key: 'import-17' }); // the same key: stored once
  // #endregion

  // #region history
  const newest = await room.history({ last: 50 });
  const rest = await room.history({ after: position, limit: 100 });
  for (const { event, data, position: place } of rest.publications) console.log(place, event, data);
  // #endregion
  return [newest.publications.length, rest.publications.length, rest.gap];
}

export async function work(): Promise<string> {
  const broker = memoryBroker();
  // #region worker
  const publisher = createPublisher({ channels, broker }); // the broker of your hubs, as redisBroker({ redis })
  const position = await publisher.channel('order:42').publish('status', { status: 'shipped' });
  await publisher.close();
  // #endregion
  return position;
}

export function handle(): () => void {
  // #region handler
  const stop = hub.on('room:{roomId}', 'rename', async ({ data, params, user }) => {
    await hub.channel(`room:${params.roomId}`).publish('message', { text: `${user?.id} says ${String(data)}` });
    return { renamed: true };
  });
  // #endregion
  return stop;
}
