import type { TransportName } from '@rt/client';
import type { Arguments, OptionKinds } from './arguments.ts';
import { UsageError } from './exit-code.ts';
import type { Terminal } from './terminal.ts';

/** The options of every command. */
export const commonOptions: OptionKinds = { token: 'text', header: 'list', json: 'flag' };

/** The options of every command that is a client. */
export const clientOptions: OptionKinds = { ...commonOptions, transport: 'text', timeout: 'text' };

/** Which hub, and as whom. */
export interface Target {
  /** The URL at which it is mounted. */
  readonly url: string;
  readonly token: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

const transports = ['auto', 'websocket', 'sse', 'long-poll', 'poll'] as const;

/** @throws UsageError */
export function targetOf(url: string | undefined, given: Arguments, { variables }: Terminal): Target {
  return {
    url: hubUrl(url ?? ''),
    token: given.text('token') ?? variables['RT_TOKEN'] ?? null,
    headers: Object.fromEntries(given.list('header').map(header)),
  };
}

/** @throws UsageError */
export function transportOf(given: Arguments): 'auto' | TransportName {
  const text = given.text('transport') ?? 'auto';
  const transport = transports.find((name) => name === text);
  if (transport !== undefined) return transport;
  throw new UsageError(`--transport is one of ${transports.join(', ')}, and ${JSON.stringify(text)} came`);
}

/** How long until a hub has to be reached. @throws UsageError */
export function timeoutMsOf(given: Arguments): number {
  return given.number('timeout', 10, { min: 0.1, whole: false }) * 1000;
}

/** `localhost:3000/rt` is enough where it is clear what is meant. */
function hubUrl(text: string): string {
  const bare = !/^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  const isHere = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?=[:/]|$)/i.test(text);
  const whole = bare ? `${isHere ? 'http' : 'https'}://${text}` : text.replace(/^ws/i, 'http');
  const url = URL.canParse(whole) ? new URL(whole) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(
      `<url> is where the hub is mounted, like https://app.example.com/rt, and ${JSON.stringify(text)} came`,
    );
  }
  if (url.search !== '' || url.hash !== '') {
    throw new UsageError(
      `<url> has no query: channels and places are given after it, and ${JSON.stringify(text)} came`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError(`<url> has no user in it: say --header 'authorization: …' or --token`);
  }
  return url.href;
}

function header(text: string): readonly [name: string, value: string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~\dA-Za-z-]+):[ \t]*([\t\u0020-\u007E\u0080-\u00FF]*)$/.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name.toLowerCase(), value];
  throw new UsageError(`--header is a name and a value, like 'cookie: sid=1', and ${JSON.stringify(text)} came`);
}
