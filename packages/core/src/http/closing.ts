import { RtError } from '@rt/protocol';
import type { Parts } from '../parts.ts';

/** Sends a request elsewhere once the hub is closing. @throws RtError `hub_closed` */
export function refuseWhenClosing({ closing }: Parts): void {
  if (closing) throw new RtError('hub_closed', 'this server is closing; ask again, and another one will answer');
}
