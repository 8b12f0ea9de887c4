import { Arguments } from './arguments.ts';
import { tellConnection } from './connection-told.ts';
import type { ExitCode } from './exit-code.ts';
import { exitCodes } from './exit-code.ts';
import { openClient } from './hub-client.ts';
import { jsonMembers, membersFollower, readableMembers } from './members-told.ts';
import { clientOptions, targetOf, timeoutMsOf, transportOf } from './target.ts';
import type { Terminal } from './terminal.ts';

/** Says who is in a channel, and with `--watch` what becomes of them. @throws UsageError, UnreachedError, RtError */
export async function presence(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const given = new Arguments(args, { ...clientOptions, watch: 'flag' });
  const [url, name = ''] = given.named('url', 'channel');
  const json = given.flag('json');
  const timeoutMs = timeoutMsOf(given);
  const { client, within, fault } = openClient(targetOf(url, given, terminal), transportOf(given));
  const { out, signal } = terminal;
  const watch = given.flag('watch');
  if (watch) tellConnection(client, terminal, { json, fault });
  const channel = client.channel(name);
  const follow = membersFollower(name, json ? jsonMembers(out) : readableMembers(out, [name]));
  const listed = Promise.withResolvers<void>();
  const refused = Promise.withResolvers<never>();
  const stopped = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => stopped.resolve(), { once: true });
  channel.presence.subscribe(() => {
    follow(channel.presence.getSnapshot());
    listed.resolve();
  });
  channel.subscribe(() => {
    const { status } = channel;
    if (status.state === 'denied') refused.reject(status.error);
  });
  try {
    await within(Promise.race([listed.promise, refused.promise, stopped.promise]), { ms: timeoutMs });
    if (watch) await within(Promise.race([stopped.promise, refused.promise]), { ms: null });
    return exitCodes.good;
  } finally {
    client.close();
  }
}
