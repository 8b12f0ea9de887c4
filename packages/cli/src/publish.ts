import { Arguments } from './arguments.ts';
import type { ExitCode } from './exit-code.ts';
import { exitCodes, UsageError } from './exit-code.ts';
import { openClient } from './hub-client.ts';
import { clientOptions, targetOf, timeoutMsOf, transportOf } from './target.ts';
import type { Terminal } from './terminal.ts';
import { jsonLine } from './terminal.ts';

/** How many publications may be on their way: no more than a hub takes at once by default. */
const maxUnderWay = 50;

/** Publishes one thing, or each line of the input. @throws UsageError, UnreachedError, RtError */
export async function publish(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const given = new Arguments(args, { ...clientOptions, key: 'text', 'if-position': 'text' });
  const [url, name = '', event = '', text = 'null'] = given.named('url', 'channel', 'event', 'json?');
  const key = given.text('key');
  const ifPosition = given.text('if-position');
  if (text === '-' && (key ?? ifPosition) !== null) {
    throw new UsageError('--key and --if-position are for one publication, not for each line of the input');
  }
  // What cannot be right is said before anybody is asked.
  const bodies = text === '-' ? parsedLines(terminal.lines()) : [parsedJson(text, '<json>')];
  const { out, signal } = terminal;
  const patience = { ms: timeoutMsOf(given), signal };
  const { client, within } = openClient(targetOf(url, given, terminal), transportOf(given));
  const channel = client.channel(name);
  const options = { ...(key !== null && { key }), ...(ifPosition !== null && { ifPosition }) };

  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  const underWay: Promise<void>[] = [];
  let told: Promise<void> = Promise.resolve();
  const say = async (position: Promise<string | null>): Promise<void> => {
    const at = await within(position, patience);
    if (given.flag('json')) out.line(jsonLine({ type: 'published', channel: name, event, position: at }));
    else out.line(at ?? 'ephemeral');
  };
  const publishAll = async (): Promise<void> => {
    for await (const data of bodies) {
      const position = channel.publish(event, data, options);
      // Each is told when it is its turn.
      position.catch(() => {});
      told = told.then(() => say(position));
      told.catch(failed.reject);
      underWay.push(told);
      if (underWay.length >= maxUnderWay) await underWay.shift();
    }
    await told;
  };
  try {
    await Promise.race([publishAll(), failed.promise]);
    return exitCodes.good;
  } finally {
    client.close();
  }
}

/** @throws UsageError */
async function* parsedLines(lines: AsyncIterable<string>): AsyncGenerator<unknown> {
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() !== '') yield parsedJson(line, `line ${number}`);
  }
}

/** @throws UsageError */
function parsedJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new UsageError(`${what} is JSON, like '{"text":"hi"}' or '"hi"' with both quotes, and ${text} came`);
  }
}
