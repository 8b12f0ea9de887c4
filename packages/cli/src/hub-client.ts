import type { AnyChannels, Client, Environment, TransportName } from '@rt/client';
import { createClient, platform } from '@rt/client';
import { UnreachedError } from './exit-code.ts';
import type { Target } from './target.ts';

/** A client of a hub whose channels are not known here. */
export type HubClient = Client<AnyChannels>;

/** A client, and why it was not let in. */
export interface Opened {
  readonly client: HubClient;
  /** What the network has said last, in words; `null` if nothing. */
  readonly fault: () => string | null;
  /** What it resolves to. @throws UnreachedError if it takes too long, RtError as the server refuses everything */
  readonly within: <T>(promise: Promise<T>, patience: Patience) => Promise<T>;
}

export interface Patience {
  /** How long it may take; `null` for ever. */
  readonly ms: number | null;
  /** Gives it up, as too long. @default nobody does */
  readonly signal?: AbortSignal;
}

/** Opens a client as the command line says it. Nothing is asked before somebody needs it. */
export function openClient({ url, token, headers }: Target, transport: 'auto' | TransportName): Opened {
  let fault: string | null = null;
  const environment = watched(headers, (cause) => {
    fault = faultText(cause);
  });
  const client = createClient(url, {
    transport,
    headers,
    environment,
    ...(token !== null && { token: () => token }),
  });
  /** Rejects with why it is not to be waited for any longer. */
  async function vain({ ms, signal }: Patience, end: AbortSignal): Promise<never> {
    return new Promise((_, reject) => {
      const look = (): void => {
        const { status } = client;
        if (status.state === 'closed' && status.error !== null) reject(status.error);
      };
      const late = (): void => {
        const { status } = client;
        const said = status.state === 'waiting' ? status.error?.message : undefined;
        const why = said ?? fault ?? 'it did not answer';
        reject(new UnreachedError(`${url} was not reached within ${(ms ?? 0) / 1000} s: ${why}`));
      };
      const timer = ms === null ? undefined : setTimeout(late, ms);
      const unsubscribe = client.subscribe(look);
      signal?.addEventListener('abort', () => reject(new UnreachedError('stopped before it was answered')), {
        signal: end,
      });
      end.addEventListener('abort', () => {
        clearTimeout(timer);
        unsubscribe();
      });
      look();
    });
  }
  return {
    client,
    fault: () => fault,
    async within(promise, patience) {
      const end = new AbortController();
      try {
        return await Promise.race([promise, vain(patience, end.signal)]);
      } finally {
        end.abort();
      }
    },
  };
}

/** The platform, whose failures are told, and whose WebSockets have the headers too. */
function watched(headers: Readonly<Record<string, string>>, failed: (cause: unknown) => void): Environment {
  const own = platform();
  return {
    ...own,
    async fetch(...request) {
      try {
        return await own.fetch(...request);
      } catch (cause) {
        failed(cause);
        throw cause;
      }
    },
    WebSocket: class extends WebSocket {
      constructor(url: string, protocols: string) {
        // Node takes headers here, and the types of browsers do not know it.
        super(url, { protocols, headers } as unknown as string);
        this.addEventListener('error', (event) => failed('error' in event ? event.error : event));
      }
    },
  };
}

/** What the network says, without what says that it is the network that says it. */
export function faultText(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return faultText(cause.errors[0]);
  if (!(cause instanceof Error)) return 'the connection failed';
  if (cause.cause instanceof Error) return faultText(cause.cause);
  const { code } = cause as NodeJS.ErrnoException;
  return cause.message === '' ? (code ?? cause.name) : cause.message;
}
