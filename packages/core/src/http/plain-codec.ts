import type { RtError } from '@rt/protocol';
import { formatCursor, formatPosition, formatSse } from '@rt/protocol';
import type { Codec, Gap, Reading } from '../delivery/codec.ts';
import { payloadEvent, payloadField, payloadJson } from '../log/payload.ts';

/** The retry that a browser is given which should not come back: it cannot be told never. */
const longMs = 86_400_000;

/** Frames are for sessions: nothing that is said in them is handed to a plain reader. */
export function unspoken(): never {
  throw new Error('a plain reader was given frames');
}

function bye(error: RtError, retryInMs: number | null): string {
  const data = JSON.stringify({ reason: error.code === 'hub_closed' ? 'shutdown' : error.code, retryInMs });
  return formatSse({ retryMs: retryInMs ?? longMs, event: 'rt.bye', data });
}

/** A gap, with the place that the reader has come to once it has been told. */
export function gapBlock(gap: Gap, id: string): string {
  return formatSse({ id, event: 'rt.gap', data: JSON.stringify(gap) });
}

/** A plain stream of one channel: `id` is the position, `data` is what was published. */
export const plainCodec: Codec = {
  key: () => 'plain',
  passing: true,
  publications({ epoch, from, to, entries, passing }) {
    // As formatSse would write it: event names are checked when they are defined, and JSON has no line breaks.
    let text = '';
    for (const { offset, payload } of entries) {
      text += `id: ${epoch}.${offset}\nevent: ${payloadEvent(payload)}\ndata: ${payloadJson(payload)}\n\n`;
    }
    // What came last was superseded or forgotten: from further back a browser might be told a gap when it comes back.
    if ((entries.at(-1)?.offset ?? from) < to) text += formatSse({ id: formatPosition(epoch, to) });
    // Without an id a browser keeps the one it has.
    for (const payload of passing) text += `event: ${payloadEvent(payload)}\ndata: ${payloadJson(payload)}\n\n`;
    return text;
  },
  lines: unspoken,
  gap: (gap) => gapBlock(gap, gap.position),
  heartbeat: ':\n\n',
  bye,
};

/** A plain stream of several channels: `id` holds the place in each, and `data` names the channel. */
export const plainCodecOfMany: Codec = {
  key: (readings) => `plain ${cursorText(readings)}`,
  passing: true,
  publications(batch, readings) {
    let text = '';
    for (const { offset, payload } of batch.entries) {
      const id = cursorText(readings, batch.channel, offset);
      const data = `{"channel":${JSON.stringify(batch.channel)},${payloadField(payload)}}`;
      text += `id: ${id}\nevent: ${payloadEvent(payload)}\ndata: ${data}\n\n`;
    }
    if ((batch.entries.at(-1)?.offset ?? batch.from) < batch.to) {
      text += formatSse({ id: cursorText(readings, batch.channel, batch.to) });
    }
    for (const payload of batch.passing) {
      const data = `{"channel":${JSON.stringify(batch.channel)},${payloadField(payload)}}`;
      text += `event: ${payloadEvent(payload)}\ndata: ${data}\n\n`;
    }
    return text;
  },
  lines: unspoken,
  gap: (gap, readings) => gapBlock(gap, cursorText(readings)),
  heartbeat: ':\n\n',
  bye,
};

/** All places in one text, with that of one channel taken to be further on if it is named. */
export function cursorText(readings: readonly Reading[], moving?: string, to = 0): string {
  return formatCursor(
    new Map(readings.map(({ name, epoch, offset }) => [name, { epoch, offset: name === moving ? to : offset }])),
  );
}
