import type { Client } from '@rt/client';
import type { channels } from './channels.ts';

type Show = (what: unknown) => void;

export async function talk(rt: Client<typeof channels>, show: Show): Promise<() => void> {
  // #region client
  const room = rt.channel('room:1');
  const stop = room.on('message', ({ text }) => show(text));
  const answer = await room.send<{ saved: boolean }>('save', { title: 'Lounge' });
  await room.publish('message', { text: 'hi' });
  // #endregion
  show(answer);
  return stop;
}

export async function members(rt: Client<typeof channels>, show: Show): Promise<() => void> {
  // #region presence
  const { presence } = rt.channel('room:1');
  const stop = presence.subscribe(() => show(presence.members.map(({ user, state }) => `${user} ${state.name}`)));
  await presence.enter({ name: 'Ada' });
  // #endregion
  return stop;
}
