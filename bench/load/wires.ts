import type { WireName } from '../harness/traffic.ts';
import type { Client, Reader } from './client.ts';
import { EventReader, MessageReader, SocketIoReader } from './peer-readers.ts';
import { RtEvents } from './rt-events.ts';
import { RtMessages } from './rt-messages.ts';
import type { RtPlaces } from './rt-places.ts';

interface Wire {
  request(client: Client, compress: boolean, places: RtPlaces): string;
  reader(client: Client, places: RtPlaces, isMember: boolean): Reader;
}

function upgrade(path: string, compress: boolean, protocol = ''): string {
  const extension = compress ? 'Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover\r\n' : '';
  return (
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
    `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${protocol}${extension}\r\n`
  );
}

function stream(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n`;
}

const asked = ({ options }: Client): string => `channels=${options.channels.join(',')}`;

/** How to talk to each kind of server. */
export const wires: Readonly<Record<WireName, Wire>> = {
  websocket: {
    request: (client, compress) => upgrade(`/?${asked(client)}`, compress),
    reader: (client) => new MessageReader(client),
  },
  'socket.io': {
    request: (client, compress) => upgrade(`/socket.io/?EIO=4&transport=websocket&${asked(client)}`, compress),
    reader: (client) => new SocketIoReader(client),
  },
  sse: { request: (client) => stream(`/?${asked(client)}`), reader: (client) => new EventReader(client) },
  'rt websocket': {
    request: ({ options }, compress) =>
      upgrade(`/rt?user=u${options.index}`, compress, 'Sec-WebSocket-Protocol: rt.v1\r\n'),
    reader: (client, places, isMember) => new RtMessages(client, places, isMember),
  },
  'rt sse': {
    request({ options }, _compress, places) {
      const [channel = 0] = options.channels;
      const after = places.position(channel);
      return stream(`/rt?user=u${options.index}&channel=c:${channel}${after === null ? '' : `&after=${after}`}`);
    },
    reader: (client, places) => new RtEvents(client, places),
  },
};
