import { Readable } from 'node:stream';
import { RtError } from '@rt/protocol';
import type { NodeRequest } from './node-message.ts';

/**
 * The request's body as text, whatever the host's parsers have done with it:
 * what a parser left as text or bytes is taken as it is, what it parsed is written as JSON again, a stream is read
 * here, and so is the request if none has read it. A parser that found nothing of its type leaves `undefined` or an empty object.
 *
 * @throws RtError `body_too_large`, `body_consumed`, `body_incomplete`
 */
export async function readBody(request: NodeRequest, parsed: unknown, maxBytes: number): Promise<string> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > maxBytes) throw tooLarge(maxBytes);
  if (parsed instanceof Readable) return readStream(parsed, maxBytes);
  if (typeof parsed === 'string') return fitting(parsed, maxBytes);
  if (parsed instanceof Uint8Array) return fitting(Buffer.from(parsed).toString('utf8'), maxBytes);
  const form = /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/i.exec(
    request.headers['content-type'] ?? '',
  );
  if (form !== null && !isEmpty(parsed)) throw notOfForm(form[0]);
  if (parsed !== undefined && (request.readableEnded || !isEmpty(parsed))) {
    return announced === 0 && isEmpty(parsed) ? '' : fitting(JSON.stringify(parsed), maxBytes);
  }
  if (!request.readableEnded) return readStream(request, maxBytes);
  if (announced === 0 && request.headers['transfer-encoding'] === undefined) return '';
  throw new RtError(
    'body_consumed',
    'something has read the request body before and kept nothing of it; mount @rt before that, or have it leave the text in req.body',
  );
}

async function readStream(request: Readable, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxBytes) throw tooLarge(maxBytes);
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof RtError) throw cause;
    throw new RtError('body_incomplete', 'the request ended before its body did; send it again', { cause });
  }
  return Buffer.concat(chunks).toString('utf8');
}

function fitting(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) > maxBytes) throw tooLarge(maxBytes);
  return text;
}

function tooLarge(maxBytes: number): RtError {
  return new RtError(
    'body_too_large',
    `a request body may have ${maxBytes} bytes here, and this one has more; send less at once`,
  );
}

/** What a form's parser has made of JSON cannot be undone. */
function notOfForm(type: string): RtError {
  return new RtError(
    'body_consumed',
    `something has read the request body as ${type}, and frames are no form; send it as text/plain, as curl does with -H 'content-type: text/plain'`,
  );
}

function isEmpty(parsed: unknown): boolean {
  return parsed === undefined || parsed === null || (typeof parsed === 'object' && Object.keys(parsed).length === 0);
}
