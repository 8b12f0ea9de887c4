import type { Codec } from '../delivery/codec.ts';
import { payloadFields } from '../log/payload.ts';
import { frameLine } from './frame-line.ts';

/** How lines of frames are put on one kind of wire. */
export interface Wrapping {
  readonly name: string;
  /** Wraps one or more lines, each ended by a line feed. */
  readonly wrap: (lines: string) => string;
  readonly heartbeat: string | null;
}

/** A WebSocket message: the lines as they are. An empty line is a heartbeat. */
export const messageWrapping: Wrapping = { name: 'message', wrap: (lines) => lines, heartbeat: '\n' };

/** The body of a poll's answer: the lines as they are. */
export const pollWrapping: Wrapping = { name: 'message', wrap: (lines) => lines, heartbeat: null };

/** An event of an SSE stream, each line in a `data:` of its own. JSON has no line breaks. */
export const eventWrapping: Wrapping = {
  name: 'event',
  wrap: (lines) => `data: ${lines.slice(0, -1).replaceAll('\n', '\ndata: ')}\n\n`,
  heartbeat: ':\n\n',
};

/** Publications, gaps and goodbyes as frames of a session. */
export function sessionCodec({ name, wrap, heartbeat }: Wrapping): Codec {
  const key = `session ${name}`;
  return {
    key: () => key,
    passing: true,
    publications({ channel, epoch, to, entries, passing }) {
      let items = '';
      for (const { offset, payload } of entries) {
        items += `${items === '' ? '' : ','}{"offset":${offset},${payloadFields(payload)}}`;
      }
      for (const payload of passing) {
        items += `${items === '' ? '' : ','}{${payloadFields(payload)}}`;
      }
      // Names and epochs hold nothing that JSON escapes.
      return wrap(
        `{"type":"publications","channel":"${channel}","position":"${epoch}.${to}","publications":[${items}]}\n`,
      );
    },
    lines: wrap,
    gap: (gap) => wrap(frameLine({ type: 'gap', ...gap })),
    heartbeat,
    bye: (error, retryInMs) => wrap(frameLine({ type: 'bye', error: error.toJSON(), retryInMs })),
  };
}
