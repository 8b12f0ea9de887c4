import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { ServerFrame, SseItem } from '@rt/protocol';
import { createSseParser } from '@rt/protocol';
import type { Asked, Probe } from './probe.ts';
import { codeIn, described, ProbeError } from './probe.ts';
import { promptMs } from './prompt.ts';

/** An event stream that is read as it comes. */
export class EventStream {
  readonly headers: IncomingHttpHeaders;
  readonly #stop: AbortController;
  readonly #items: SseItem[] = [];
  readonly #frames: ServerFrame[] = [];
  #ended = false;
  #wake = (): void => {};

  private constructor(response: IncomingMessage, stop: AbortController) {
    this.headers = response.headers;
    this.#stop = stop;
    void this.#read(decoded(response));
  }

  /** Opens one; its first bytes need not have come. @throws ProbeError */
  static async open(probe: Probe, asked: Asked): Promise<EventStream> {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), promptMs);
    const headers = { accept: 'text/event-stream', 'accept-encoding': 'identity', ...asked.headers };
    const response = await probe.open({ ...asked, headers }, stop.signal);
    const { statusCode: status = 0, headers: came } = response;
    if (status === 200 && came['content-type']?.startsWith('text/event-stream') === true) {
      clearTimeout(timer);
      return new EventStream(response, stop);
    }
    let text = '';
    try {
      for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
    } catch {
      // What has come says enough.
    }
    clearTimeout(timer);
    const code = codeIn(text);
    throw new ProbeError(described({ status, headers: came, text, code }), { code });
  }

  /** Opens a session over it with what `connect` says. @throws ProbeError */
  static session(probe: Probe, body: string, headers: Readonly<Record<string, string>> = {}): Promise<EventStream> {
    return EventStream.open(probe, { method: 'POST', headers, body });
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The next item; `null` if the stream ends, or nothing comes in time. */
  async next(withinMs: number = promptMs): Promise<SseItem | null> {
    const deadlineMs = performance.now() + withinMs;
    for (;;) {
      const item = this.#items.shift();
      if (item !== undefined) return item;
      const leftMs = deadlineMs - performance.now();
      if (this.#ended || leftMs <= 0) return null;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** The next frame of a type, whatever comes before it; `null` as `next`. */
  async frame<Type extends ServerFrame['type']>(
    type: Type,
    withinMs: number = promptMs,
  ): Promise<Extract<ServerFrame, { readonly type: Type }> | null> {
    const deadlineMs = performance.now() + withinMs;
    for (;;) {
      for (let frame = this.#frames.shift(); frame !== undefined; frame = this.#frames.shift()) {
        if (frame.type === type) return frame as Extract<ServerFrame, { readonly type: Type }>;
        if (frame.type === 'error') throw new ProbeError(frame.error.message, { code: frame.error.code });
      }
      const item = await this.next(deadlineMs - performance.now());
      if (item === null) return null;
      if (item.type === 'event') this.#frames.push(...framesOf(item.data));
    }
  }

  close(): void {
    this.#stop.abort();
  }

  async #read(body: Readable): Promise<void> {
    const parser = createSseParser();
    try {
      for await (const chunk of body) {
        this.#items.push(...parser.feed(chunk as Uint8Array));
        this.#wake();
      }
    } catch {
      // Cut, or nothing that can be read: it has ended.
    }
    this.#ended = true;
    this.#wake();
  }
}

function decoded(response: IncomingMessage): Readable {
  const decoder = decoderOf(response.headers['content-encoding']);
  // A cut is the end of what is read: nobody else has to hear of it.
  return decoder === null ? response : pipeline(response, decoder, () => {});
}

function decoderOf(encoding: string | undefined): Duplex | null {
  if (encoding === 'gzip') return createGunzip();
  if (encoding === 'br') return createBrotliDecompress();
  return encoding === 'deflate' ? createInflate() : null;
}

function framesOf(data: string): readonly ServerFrame[] {
  return data
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ServerFrame);
}
