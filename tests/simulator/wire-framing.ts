import type { Framing } from '@rt/core';

const encoder = new TextEncoder();
const encode = (text: string): Uint8Array => encoder.encode(text);

/** What a WebSocket's heartbeat is on the wire: the peer answers it by itself. */
export const pingFrame: Uint8Array = encode('ping');
export const plainFraming: Framing = { name: 'simulated', frame: encode, heartbeat: encode };
export const socketFraming: Framing = { name: 'simulated socket', frame: encode, heartbeat: () => pingFrame };
