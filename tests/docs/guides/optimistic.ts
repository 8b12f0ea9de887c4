import type { Client } from '@rt/client';
import { RtError } from '@rt/client';
import type { channels } from './channels.ts';

type Render = (shown: readonly { readonly text: string; readonly failed: boolean }[]) => void;

export async function say(rt: Client<typeof channels>, render: Render): Promise<void> {
  // #region optimistic
  const room = rt.channel('room:1');
  const stop = room.pending.subscribe(() =>
    render(
      room.pending.getSnapshot().flatMap(({ event, data, error }) => {
        return event === 'message' ? [{ text: data.text, failed: error !== null }] : [];
      }),
    ),
  );
  await room.publish('message', { text: 'hi' }, { optimistic: true });
  // #endregion
  stop();
}

export async function ship(rt: Client<typeof channels>, seen: string): Promise<string | null> {
  const order = rt.channel('order:42');
  // #region conflict
  try {
    return await order.publish('status', { status: 'shipped' }, { ifPosition: seen });
  } catch (error) {
    if (!(error instanceof RtError) || error.conflict === null) throw error;
    const { position, newest } = error.conflict; // what came in between, to decide anew
    console.log(newest?.data);
    return order.publish('status', { status: 'shipped' }, { ifPosition: position });
  }
  // #endregion
}
