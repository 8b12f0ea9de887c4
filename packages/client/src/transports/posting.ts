import type { ErrorBody } from '@rt/protocol';
import { RtError } from '@rt/protocol';
import type { PipeEnd, PipeRequest } from './transport.ts';

/** How long a POST that failed waits before it is sent again. */
const repeatAfterMs = 1000;

/** The most characters of one POST: the server's limit is in bytes, and a frame of a client is mostly ASCII. */
const maxChars = 32_768;

interface PostOptions {
  readonly accept?: string;
  readonly signal?: AbortSignal;
  /** Whether it goes on when the page ends. */
  readonly keepalive?: boolean;
}

/** Posts frames to the hub's URL. Rejects with an `RtError` if the server refuses, with anything else if it is not reached. */
export async function post(
  { url, headers, environment }: Omit<PipeRequest, 'hello'>,
  query: string,
  body: string,
  { accept = '*/*', signal, keepalive = false }: PostOptions = {},
): Promise<Response> {
  const response = await environment.fetch(`${url}${query}`, {
    method: 'POST',
    headers: { ...headers, accept },
    body,
    ...(signal !== undefined && { signal }),
    keepalive,
    cache: 'no-store',
    credentials: 'same-origin',
  });
  if (response.ok) return response;
  throw await refusalOf(response);
}

/** Posts frames alone, as the client that `hello` has named, and lets them go on when the page ends. */
export function postLast(request: PipeRequest, lines: string): void {
  const { type, id, client, token } = JSON.parse(request.hello.split('\n', 1)[0] ?? '{}') as Readonly<
    Record<string, unknown>
  >;
  // Nobody is there to hear of it.
  post(request, '', `${JSON.stringify({ type, id, client, token })}\n${lines}`, { keepalive: true }).catch(() => {});
}

/** What an answer that is none of ours says by its status, and one of ours by its body. */
export async function refusalOf(response: Response): Promise<RtError> {
  const text = await response.text();
  const waitS = Number(response.headers.get('retry-after') ?? Number.NaN);
  const waits = Number.isFinite(waitS) ? { retryInMs: waitS * 1000 } : {};
  try {
    const { error } = JSON.parse(text) as { readonly error: ErrorBody };
    return RtError.of({ ...waits, ...error });
  } catch {
    const { status } = response;
    const busy = status === 429 || status >= 500 || status === 408;
    return new RtError(busy ? 'server_busy' : 'internal', `the answer was ${status}, and not of @rt`, waits);
  }
}

/** How a request's failure ends a pipe. */
export function endOf(cause: unknown): PipeEnd {
  return cause instanceof RtError ? { type: 'refused', error: cause } : { type: 'lost' };
}

/**
 * Sends frames to a session that is open over HTTP: one POST at a time, with all that has gathered meanwhile in the next.
 * One that fails without an answer is sent again as it was: the server does not execute twice what it has taken.
 */
export class Posting {
  readonly #request: Omit<PipeRequest, 'hello'>;
  readonly #signal: AbortSignal;
  readonly #failed: (end: PipeEnd) => void;
  #session: string | null = null;
  #waiting: string[] = [];
  #busy = false;

  constructor(request: PipeRequest, signal: AbortSignal, failed: (end: PipeEnd) => void) {
    this.#request = request;
    this.#signal = signal;
    this.#failed = failed;
  }

  get session(): string | null {
    return this.#session;
  }

  named(session: string): void {
    this.#session = session;
    void this.#run();
  }

  send(lines: string): void {
    this.#waiting.push(lines);
    // What is said in one turn goes together.
    queueMicrotask(() => void this.#run());
  }

  async #run(): Promise<void> {
    if (this.#busy || this.#session === null) return;
    this.#busy = true;
    while (this.#waiting.length > 0 && !this.#signal.aborted) {
      const body = this.#next();
      if (!(await this.#posted(this.#session, body))) break;
    }
    this.#busy = false;
  }

  #next(): string {
    let body = this.#waiting.shift() ?? '';
    while (this.#waiting.length > 0 && body.length + (this.#waiting[0]?.length ?? 0) <= maxChars) {
      body += this.#waiting.shift() ?? '';
    }
    return body;
  }

  /** Whether the session goes on. */
  async #posted(session: string, body: string): Promise<boolean> {
    while (!this.#signal.aborted) {
      try {
        const response = await post(this.#request, `?session=${session}`, body, {
          signal: this.#signal,
        });
        await response.text();
        return true;
      } catch (cause) {
        if (cause instanceof RtError) {
          this.#failed(endOf(cause));
          return false;
        }
        await new Promise<void>((resolve) => this.#request.environment.timer(repeatAfterMs, resolve));
      }
    }
    return false;
  }
}
