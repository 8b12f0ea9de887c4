import type { ErrorBody } from '@rt/protocol';
import { RtError } from '@rt/protocol';
import type { Pipe, PipeEnd, PipeEvents, PipeRequest } from './transport.ts';

/** How long a POST that failed waits before it is sent again. */
const repeatAfterMs = 1000;

/** How long the server may take to answer one: a connection may die while that of the stream lives. */
const answerWithinMs = 20_000;

/** The most characters of one POST: the server takes 65 536 bytes, of which a character has three at most. */
const maxChars = 21_845;

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
  return answerOf(response);
}

/**
 * An answer of the hub. A page is of something on the way that wants a login, and one without a type was cut in its head,
 * which browsers do not mind. @throws RtError what refuses
 */
export async function answerOf(response: Response): Promise<Response> {
  if (response.ok && response.headers.get('content-type')?.includes('html') === false) return response;
  throw await refusalOf(response);
}

/** Posts frames alone, as the client that `hello` has named, and lets them go on when the page ends. */
function postLast(request: PipeRequest, lines: string): void {
  const { type, id, client, token } = JSON.parse(request.hello.split('\n', 1)[0] ?? '{}') as Readonly<
    Record<string, unknown>
  >;
  // Nobody is there to hear of it.
  post(request, '', `${JSON.stringify({ type, id, client, token })}\n${lines}`, { keepalive: true }).catch(() => {});
}

/** What an answer that is none of ours says by its status, and one of ours by its body. */
async function refusalOf(response: Response): Promise<RtError> {
  const text = await response.text();
  const waitS = Number(response.headers.get('retry-after') ?? Number.NaN);
  const waits = Number.isFinite(waitS) ? { retryInMs: waitS * 1000 } : {};
  try {
    const { error } = JSON.parse(text) as { readonly error: ErrorBody };
    // Others have errors in this place as well.
    if (typeof error.retryable === 'boolean') return RtError.of({ ...waits, ...error });
  } catch {
    // None of ours.
  }
  const { status, url } = response;
  const code = status === 429 || status >= 500 || status === 408 ? 'server_busy' : 'internal';
  return new RtError(code, `${url} answered ${status}, not as @rt; is it mounted there?`, waits);
}

/** How a request's failure ends a pipe. */
export function endOf(cause: unknown): PipeEnd {
  return cause instanceof RtError ? { type: 'refused', error: cause } : { type: 'lost' };
}

/** Takes the first of these lines, as many as go in one POST. */
export function takeBody(waiting: string[], most: number = maxChars): string {
  let body = waiting.shift() ?? '';
  while (waiting[0] !== undefined && body.length + waiting[0].length <= most) body += waiting.shift() ?? '';
  return body;
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
  readonly #waiting: string[] = [];
  #busy = false;
  #maxChars = maxChars;
  #late = new AbortController();

  constructor(request: PipeRequest, signal: AbortSignal, failed: (end: PipeEnd) => void) {
    this.#request = request;
    this.#signal = signal;
    this.#failed = failed;
    signal.addEventListener('abort', () => this.#late.abort());
  }

  get session(): string | null {
    return this.#session;
  }

  /** @param maxFrameBytes The largest body that the server takes: a character has three bytes at most. */
  named(session: string, maxFrameBytes: number = maxChars * 3): void {
    this.#maxChars = Math.min(maxChars, Math.floor(maxFrameBytes / 3));
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
      const body = takeBody(this.#waiting, this.#maxChars);
      if (!(await this.#posted(this.#session, body))) break;
    }
    this.#busy = false;
  }

  /** Whether the session goes on. */
  async #posted(session: string, body: string): Promise<boolean> {
    const { environment } = this.#request;
    while (!this.#signal.aborted) {
      const late = (this.#late = new AbortController());
      const cancel = environment.timer(answerWithinMs, () => late.abort());
      try {
        const response = await post(this.#request, `?session=${session}`, body, late);
        await response.text();
        return true;
      } catch (cause) {
        if (cause instanceof RtError) {
          this.#failed(endOf(cause));
          return false;
        }
        if (!this.#signal.aborted) await new Promise<void>((resolve) => environment.timer(repeatAfterMs, resolve));
      } finally {
        cancel();
      }
    }
    return false;
  }
}

/** A pipe over requests, as that which reads sees it. */
export interface Reading {
  readonly posting: Posting;
  /** Aborts when the pipe ends. */
  readonly signal: AbortSignal;
  readonly end: (told: PipeEnd) => void;
}

/** Opens a pipe that reads in requests of its own, and posts what is said. It ends when the reading fails. */
export function openPosted(request: PipeRequest, events: PipeEvents, read: (reading: Reading) => Promise<void>): Pipe {
  const stop = new AbortController();
  const { signal } = stop;
  const end = (told: PipeEnd): void => {
    if (signal.aborted) return;
    stop.abort();
    events.ended(told);
  };
  const posting = new Posting(request, signal, end);
  read({ posting, signal, end }).catch((cause: unknown) => end(endOf(cause)));
  return {
    send: (lines) => posting.send(lines),
    named: (session, maxFrameBytes) => posting.named(session, maxFrameBytes),
    last: (lines) => postLast(request, lines),
    close: () => end({ type: 'lost' }),
  };
}
