import type { Gap, Publication } from '@rt/client';
import { formatBase64 } from '@rt/protocol';
import type { Screen } from './terminal.ts';
import { jsonLine, printable, styled } from './terminal.ts';

/** How publications and gaps are shown. */
export interface ToldLines {
  publication(channel: string, publication: Publication): void;
  gap(channel: string, gap: Gap): void;
}

/** One JSON object a line. */
export function jsonLines(out: Screen): ToldLines {
  return {
    publication: (channel, { position, event, data, trace }) =>
      out.line(
        jsonLine({
          type: 'publication',
          channel,
          position,
          event,
          ...bodyOf(data),
          ...(trace !== undefined && { trace }),
        }),
      ),
    gap: (channel, { reason, after, position }) =>
      out.line(jsonLine({ type: 'gap', channel, reason, after, position })),
  };
}

/** Lines to be read, with the channel where there are several. */
export function readableLines(out: Screen, channels: readonly string[]): ToldLines {
  const width = Math.max(...channels.map(({ length }) => length));
  const head = (channel: string): string => (channels.length > 1 ? `${channel.padEnd(width)}  ` : '');
  return {
    publication(channel, { position, event, data }) {
      const at = styled(out, 'dim', position ?? 'ephemeral');
      const text = data instanceof Uint8Array ? `${data.length} bytes ${formatBase64(data)}` : jsonLine(data ?? null);
      out.line(`${head(channel)}${at}  ${styled(out, 'cyan', printable(event))}  ${text}`);
    },
    gap: (channel, { reason, after, position }) =>
      out.line(
        head(channel) +
          styled(
            out,
            'yellow',
            `gap: ${printable(reason)}; publications after ${after} are missing, on from ${position}`,
          ),
      ),
  };
}

/** Bytes as they travel. */
function bodyOf(data: unknown): { readonly data: unknown } | { readonly base64: string } {
  return data instanceof Uint8Array ? { base64: formatBase64(data) } : { data: data ?? null };
}
