import type { HistoryQuery } from '@rt/client';
import { Arguments } from './arguments.ts';
import type { ExitCode } from './exit-code.ts';
import { exitCodes, UsageError } from './exit-code.ts';
import { openClient } from './hub-client.ts';
import { fromOf } from './start-place.ts';
import { clientOptions, targetOf, timeoutMsOf, transportOf } from './target.ts';
import type { Terminal } from './terminal.ts';
import { jsonLine, styled } from './terminal.ts';
import { jsonLines, readableLines } from './told-lines.ts';

/** What a hub gives on one page by default. */
const pageSize = 100;

/** Says what is kept of a channel, page by page, and where to read on. @throws UsageError, UnreachedError, RtError */
export async function history(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const given = new Arguments(args, { ...clientOptions, from: 'text', limit: 'text' });
  const [url, name = ''] = given.named('url', 'channel');
  const limit = given.number('limit', pageSize, { min: 1, whole: true });
  const from = fromOf(given, { last: limit });
  if (from === 'now') throw new UsageError('--from now has nothing behind it: rt tail follows what is to come');
  const json = given.flag('json');
  const timeoutMs = timeoutMsOf(given);
  const { client, within } = openClient(targetOf(url, given, terminal), transportOf(given));
  const { out, notes, signal } = terminal;
  const lines = json ? jsonLines(out) : readableLines(out, [name]);
  const channel = client.channel(name);
  let query: HistoryQuery = from === 'start' ? { after: 'start' } : from;
  let left = limit;
  let missing = false;
  try {
    for (;;) {
      const asked = channel.history({ ...query, limit: Math.min(left, pageSize) });
      const page = await within(asked, { ms: timeoutMs, signal });
      const { position, floor, publications, gap } = page;
      if (gap !== null) {
        missing = true;
        lines.gap(name, gap);
      }
      for (const publication of publications) lines.publication(name, publication);
      left -= publications.length;
      // A page may be cut short by its size: the end is where there is nothing.
      if (publications.length > 0 && left > 0 && !signal.aborted) {
        query = { after: position };
        continue;
      }
      if (json) out.line(jsonLine({ type: 'page', channel: name, position, floor }));
      else notes.line(styled(notes, 'dim', `kept from ${floor} on; what comes next: rt tail … --from ${position}`));
      return missing ? exitCodes.found : exitCodes.good;
    }
  } finally {
    client.close();
  }
}
