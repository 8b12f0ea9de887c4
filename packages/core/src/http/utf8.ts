import type { Framing } from '../delivery/transport.ts';

const encoder = new TextEncoder();

/** Text as it is, in UTF-8. */
export const utf8: Framing = { name: 'utf8', frame: (text) => encoder.encode(text) };
