import type { Client } from '@rt/client';
import type { channels } from './channels.ts';
import { hub } from './hub.ts';

export async function enter(rt: Client<typeof channels>, render: (names: readonly string[]) => void) {
  // #region enter
  const { presence } = rt.channel('room:1');
  const stop = presence.subscribe(() => render(presence.members.map(({ state }) => state.name)));
  await presence.enter({ name: 'Ada' }); // also after each reconnect, without anybody noticing
  await presence.update({ name: 'Ada L.' });
  // #endregion
  return async () => {
    // #region leave
    await presence.leave(); // at once; a page that is closed leaves too
    stop();
    // #endregion
  };
}

export async function whoIsHere() {
  // #region members
  const { count, connections, members } = await hub.channel('room:1').members();
  for (const { user, state, connections: tabs } of members) console.log(user, state.name, tabs);
  // #endregion
  return { count, connections };
}

export function watch(log: (text: string) => void): () => void {
  // #region events
  const stop = hub.onPresence(async (event) => {
    if (event.type === 'joined' || event.type === 'left') log(`${event.user} ${event.type} ${event.channel}`);
    if (event.type === 'offline') log(`${event.user} is offline`);
  });
  // #endregion
  return stop;
}
