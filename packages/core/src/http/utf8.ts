import type { Framing } from '../delivery/transport.ts';

const encoder = new TextEncoder();
const encode = (text: string): Uint8Array => encoder.encode(text);

/** Text as it is, in UTF-8. */
export const utf8: Framing = { name: 'utf8', frame: encode, heartbeat: encode };
