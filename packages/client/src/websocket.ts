import type { Client, ClientOptions } from './create-client.ts';
import { clientOver } from './create-client.ts';
import { only } from './transports/choice.ts';
import { websocket } from './transports/websocket.ts';
import type { AnyChannels } from './types.ts';

export { RtError } from '@rt/protocol';
export { fromResponse } from './load.ts';

/** As `createClient` of `@rt/client`, over WebSocket alone: for pages that count every kilobyte. */
export function createClient<Channels extends AnyChannels>(url: string, options: ClientOptions = {}): Client<Channels> {
  return clientOver<Channels>(() => only(websocket), url, options);
}
