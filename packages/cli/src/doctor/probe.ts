import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { ErrorBody, ErrorCode } from '@rt/protocol';
import { faultText } from '../hub-client.ts';
import type { Target } from '../target.ts';
import { promptMs } from './prompt.ts';

/** What is asked. */
export interface Asked {
  readonly method?: 'GET' | 'POST';
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An answer as it came. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The code of an error of @rt's, or `null`. */
  readonly code: ErrorCode | null;
  /** How long it took. */
  readonly ms: number;
}

/** The network has failed, or nothing came in time. */
export class ProbeError extends Error {
  override readonly name = 'ProbeError';
  /** The code of @rt's that refuses, or `null`. */
  readonly code: ErrorCode | null;

  constructor(
    message: string,
    { code = null, cause }: { readonly code?: ErrorCode | null; readonly cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.code = code;
  }
}

const maxChars = 1_000_000;

/** Requests to one hub, each over a connection of its own, as another proxy or node may get the next one. */
export class Probe {
  readonly target: Target;

  constructor(target: Target) {
    this.target = target;
  }

  /** What opens a session, in the name of who asks; further frames may follow. */
  connect(...frames: readonly Readonly<Record<string, unknown>>[]): string {
    const { token } = this.target;
    const connect = { type: 'connect', id: 1, ...(token !== null && { token }) };
    return [connect, ...frames].map((frame) => `${JSON.stringify(frame)}\n`).join('');
  }

  /** A whole answer. @throws ProbeError */
  async answer(asked: Asked, withinMs: number = promptMs): Promise<Answer> {
    const startedMs = performance.now();
    const deadline = AbortSignal.timeout(withinMs);
    const response = await this.open(asked, deadline);
    let text = '';
    try {
      for await (const chunk of response.setEncoding('utf8')) {
        text += String(chunk);
        if (text.length > maxChars) break;
      }
    } catch (cause) {
      throw failure(cause, deadline, withinMs);
    }
    const { statusCode: status = 0, headers } = response;
    return { status, headers, text, code: codeIn(text), ms: performance.now() - startedMs };
  }

  /** The head of an answer, whose body is to be read. The signal ends it. @throws ProbeError */
  async open(asked: Asked, signal: AbortSignal): Promise<IncomingMessage> {
    const request = this.request(asked, signal);
    try {
      return await new Promise((resolve, reject) => {
        request.once('response', resolve);
        request.once('upgrade', (_, socket) => {
          socket.destroy();
          reject(new ProbeError('an upgrade came that nobody has asked for'));
        });
        request.on('error', reject);
        request.end(asked.body);
      });
    } catch (cause) {
      throw failure(cause, signal, promptMs);
    }
  }

  request({ method = 'GET', query = '', headers = {} }: Asked, signal: AbortSignal): ClientRequest {
    const url = new URL(`${this.target.url}${query}`);
    const open = url.protocol === 'https:' ? tlsRequest : plainRequest;
    const own = { 'user-agent': 'rt-doctor', ...(method === 'POST' && { 'content-type': 'text/plain' }) };
    return open(url, { method, headers: { ...own, ...this.target.headers, ...headers }, agent: false, signal });
  }
}

/** An answer in a few words, for whoever has to find out where it is from. */
export function described({ status, headers, text, code }: Omit<Answer, 'ms'>): string {
  const from = headers.server === undefined ? '' : ` from ${String(headers.server)}`;
  if (code !== null) return `${status} ${code}`;
  const type = headers['content-type']?.split(';')[0];
  const shown = text.replaceAll(/<[^>]*>|\s+/g, ' ').trim();
  return `${status}${type === undefined ? '' : ` ${type}`}${from}${shown === '' ? '' : `: ${shown.slice(0, 60).trim()}`}`;
}

function failure(cause: unknown, signal: AbortSignal, withinMs: number): ProbeError {
  if (cause instanceof ProbeError) return cause;
  const text = signal.aborted ? `no answer in ${withinMs / 1000} s` : faultText(cause);
  return new ProbeError(text, { cause });
}

/** The code of an error of @rt's in the body of an answer, or `null`. */
export function codeIn(text: string): ErrorCode | null {
  try {
    const { error } = JSON.parse(text) as { readonly error?: ErrorBody };
    return typeof error?.code === 'string' && typeof error.retryable === 'boolean' ? error.code : null;
  } catch {
    return null;
  }
}
