import type { Socket } from 'node:net';
import type { ServerFrame } from '@rt/protocol';
import { parsePosition } from '@rt/protocol';
import { rawRequest, rawWebSocket } from '@rt/testkit';
import type { Numbered } from './channels.ts';
import type { Tally } from './stage.ts';
import type { Watch } from './watch.ts';

export interface Opening {
  readonly port: number;
  readonly name: string;
  readonly watch: Watch;
  /** The place to go on from. */
  readonly lastId: string | null;
  readonly opened: (socket: Socket) => void;
  readonly tally: Tally;
}

/** Reads until the connection is over. Resolves to the place that it has come to. */
export type Wire = (opening: Opening) => Promise<string | null>;

interface Gap {
  readonly reason: string;
  readonly position: string;
}

/** As `EventSource` does it. */
export const eventStream: Wire = async ({ port, name, watch, lastId, opened, tally }) => {
  let id = lastId;
  const start = lastId === null ? '&last=20' : '';
  const response = await rawRequest({
    port,
    path: `/rt?user=${name}&channel=${watch.channel}${start}`,
    headers: { Accept: 'text/event-stream', ...(lastId !== null && { 'Last-Event-ID': lastId }) },
    opened,
  });
  tally.count('event streams opened');
  if (response.head.status !== 200) {
    response.cut();
    throw new Error(`answered with ${response.head.status}`);
  }
  await new Promise<void>((resolve) => {
    response.listen({
      item(item) {
        if (item.type === 'event' && item.event === 'rt.gap') {
          const { reason, position } = JSON.parse(item.data) as Gap;
          watch.gap(reason, position);
        } else if (item.type === 'event' && item.event === 'typing') tally.count('ephemeral publications told');
        else if (item.type === 'event' && !item.event.startsWith('rt.')) {
          watch.took(item.event, item.id, JSON.parse(item.data) as Numbered);
        } else if (item.type === 'id' && id === null) watch.begin(item.id);
        if (item.type === 'id' || item.type === 'event') id = item.id;
      },
      end: resolve,
    });
  });
  response.cut();
  return id;
};

/** A session over WebSocket in bytes, with one subscription. */
export const rawSession: Wire = async ({ port, name, watch, lastId, opened, tally }) => {
  let id = lastId;
  const handshake = await rawWebSocket({ port, path: `/rt?user=${name}` });
  if (handshake.type === 'refused') throw new Error(`answered with ${handshake.head.status}`);
  const { webSocket } = handshake;
  opened(webSocket.socket);
  tally.count('sessions in bytes opened');
  const start = lastId === null ? { last: 20 } : { after: lastId };
  webSocket.send(JSON.stringify({ type: 'connect', id: 1, subscriptions: [{ channel: watch.channel, ...start }] }));
  const take = (frame: ServerFrame): void => {
    if (frame.type === 'subscribed') {
      if (frame.gap !== undefined && lastId !== null) watch.gap(frame.gap.reason, frame.gap.position);
      watch.begin(frame.position);
      id = frame.position;
    } else if (frame.type === 'gap') watch.gap(frame.reason, frame.position);
    else if (frame.type === 'publications') {
      const epoch = parsePosition(frame.position)?.epoch ?? '';
      for (const { offset, event, data } of frame.publications) {
        if (offset === undefined) tally.count('ephemeral publications told');
        else {
          id = `${epoch}.${offset}`;
          watch.took(event, id, data as Numbered);
        }
      }
    }
  };
  await new Promise<void>((resolve) => {
    webSocket.listen({
      message(text) {
        for (const line of text.split('\n')) if (line !== '') take(JSON.parse(line) as ServerFrame);
      },
      end: () => resolve(),
    });
  });
  webSocket.socket.destroy();
  return id;
};
