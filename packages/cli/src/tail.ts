import type { ChannelStatus, RtError } from '@rt/client';
import { Arguments } from './arguments.ts';
import { tellConnection } from './connection-told.ts';
import type { ExitCode } from './exit-code.ts';
import { exitCodes } from './exit-code.ts';
import { openClient } from './hub-client.ts';
import { jsonMembers, membersFollower, readableMembers } from './members-told.ts';
import { fromOf } from './start-place.ts';
import { clientOptions, targetOf, timeoutMsOf, transportOf } from './target.ts';
import type { Terminal } from './terminal.ts';
import { jsonLine, printable, styled } from './terminal.ts';
import { jsonLines, readableLines } from './told-lines.ts';

/** Follows channels until it is stopped. @throws UsageError, UnreachedError, RtError */
export async function tail(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const given = new Arguments(args, { ...clientOptions, from: 'text', presence: 'flag', count: 'text' });
  const [url, ...named] = given.named('url', 'channel...');
  const channels = [...new Set(named)];
  const json = given.flag('json');
  const from = fromOf(given, 'now');
  const count = given.number('count', Infinity, { min: 1, whole: true });
  const timeoutMs = timeoutMsOf(given);
  const { client, within, fault } = openClient(targetOf(url, given, terminal), transportOf(given));
  const { out, notes, signal } = terminal;
  const lines = json ? jsonLines(out) : readableLines(out, channels);
  const members = json ? jsonMembers(out) : readableMembers(out, channels);
  const begun = Promise.withResolvers<void>();
  const over = Promise.withResolvers<ExitCode>();
  const denied = new Set<string>();
  let told = 0;

  const onStatus = (name: string, status: ChannelStatus, position: string | null): void => {
    if (status.state === 'live') {
      begun.resolve();
      if (json) out.line(jsonLine({ type: 'live', channel: name, position }));
    } else if (status.state === 'denied') {
      denied.add(name);
      tellDenied(name, status.error);
      if (denied.size === channels.length) {
        begun.resolve();
        over.resolve(exitCodes.found);
      }
    }
  };
  const tellDenied = (name: string, error: RtError): void => {
    if (json) out.line(jsonLine({ type: 'denied', channel: name, ...error.toJSON() }));
    else notes.line(`${styled(notes, 'red', `${name}:`)} ${printable(error.message)}`);
  };

  tellConnection(client, terminal, { json, fault });
  for (const name of channels) {
    const channel = client.channel(name, { from });
    channel.onAny((publication) => {
      if (told >= count) return;
      told += 1;
      lines.publication(name, publication);
      if (told === count) over.resolve(exitCodes.good);
    });
    channel.onGap((gap) => lines.gap(name, gap));
    channel.subscribe(() => onStatus(name, channel.status, channel.position));
    if (!given.flag('presence')) continue;
    const follow = membersFollower(name, members);
    channel.presence.subscribe(() => follow(channel.presence.getSnapshot()));
  }
  signal.addEventListener('abort', () => over.resolve(exitCodes.good), { once: true });
  try {
    // Later it comes back by itself, however long that takes; at first it may be the wrong address.
    await within(Promise.race([begun.promise, over.promise]), { ms: timeoutMs });
    return await within(over.promise, { ms: null });
  } finally {
    client.close();
  }
}
