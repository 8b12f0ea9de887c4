import { formatCursor, formatSse } from '@rt/protocol';
import type { Batch } from '../delivery/batch.ts';
import type { Codec, Gap } from '../delivery/codec.ts';
import type { Cursor } from '../delivery/cursor.ts';
import { payloadEvent, payloadJson } from '../log/payload.ts';

function bye(retryInMs: number): string {
  const data = JSON.stringify({ reason: 'shutdown', retryInMs });
  return formatSse({ retryMs: retryInMs, event: 'rt.bye', data });
}

/** A plain stream of one channel: `id` is the position, `data` is what was published. */
export const plainCodec: Codec = {
  key: () => 'plain',
  publications({ epoch, entries }) {
    // As formatSse would write it: event names are checked when they are defined, and JSON has no line breaks.
    let text = '';
    for (const { offset, payload } of entries) {
      text += `id: ${epoch}.${offset}\nevent: ${payloadEvent(payload)}\ndata: ${payloadJson(payload)}\n\n`;
    }
    return text;
  },
  gap: (gap) => formatSse({ id: gap.position, event: 'rt.gap', data: JSON.stringify(gap) }),
  heartbeat: ':\n\n',
  bye,
};

/** A plain stream of several channels: `id` holds the place in each, and `data` names the channel. */
export const plainCodecOfMany: Codec = {
  key: ({ connection }) => `plain ${cursorText(connection.cursors, null, 0)}`,
  publications(batch: Batch, cursor: Cursor) {
    let text = '';
    for (const { offset, payload } of batch.entries) {
      const id = cursorText(cursor.connection.cursors, cursor, offset);
      const data = `{"channel":${JSON.stringify(batch.channel)},"data":${payloadJson(payload)}}`;
      text += `id: ${id}\nevent: ${payloadEvent(payload)}\ndata: ${data}\n\n`;
    }
    return text;
  },
  gap: (gap: Gap, { connection }) =>
    formatSse({ id: cursorText(connection.cursors, null, 0), event: 'rt.gap', data: JSON.stringify(gap) }),
  heartbeat: ':\n\n',
  bye,
};

/** The places of all cursors, with one of them taken to be at `offset`. */
export function cursorText(cursors: readonly Cursor[], moving: Cursor | null, offset: number): string {
  return formatCursor(
    new Map(
      cursors.map((cursor) => [
        cursor.channel.name,
        { epoch: cursor.channel.log.epoch, offset: cursor === moving ? offset : cursor.offset },
      ]),
    ),
  );
}
