import { createHub } from '@rt/core';
import type { ChatChannels } from './channels.ts';
import { chatChannels } from './channels.ts';
import { past } from './past.ts';

/** Where the past is told: a hub, or a publisher. */
interface Door {
  channel(name: `room:${string}`): {
    publish(event: 'message', data: { readonly text: string; readonly by: Said }): Promise<unknown>;
  };
}

interface Said {
  readonly id: string;
  readonly name: string;
}

/** A hub in this process alone, which begins with what was said before. */
export async function chatHub() {
  return tellPast((channels) => createHub({ channels }));
}

/** Says what was said before, each at its time. Returns what it was said through. */
export async function tellPast<Through extends Door>(open: (channels: ChatChannels) => Through): Promise<Through> {
  const startedAtMs = Date.now();
  let nowMs = Date.now;
  const through = open(chatChannels(() => nowMs()));
  for (const { roomId, by, minutesAgo, text } of past) {
    nowMs = () => startedAtMs - minutesAgo * 60_000;
    await through.channel(`room:${roomId}`).publish('message', { text, by: { id: by.toLowerCase(), name: by } });
  }
  nowMs = Date.now;
  return through;
}
