import type { GapBody, PagePublicationBody, PublicationBody, ServerFrame } from '@rt/protocol';
import { parsePosition, RtError } from '@rt/protocol';
import { answerOf, endOf, post, takeBody } from './posting.ts';
import type { Pipe, PipeEnd, PipeEvents, PipeRequest, Transport } from './transport.ts';

/** How often a channel is asked for what is new. */
const everyMs = 5000;

type Frame = Readonly<Record<string, unknown>> & { readonly type: string; readonly id: number };

interface Page {
  readonly position: string;
  readonly publications: readonly PagePublicationBody[];
  readonly gap?: GapBody;
}

/**
 * No connection at all: each channel is asked now and then for the page after its place, and frames are posted alone. For
 * what may be some seconds late. Nobody can be a member this way, since nobody is there.
 */
export const poll: Transport = pollEvery(everyMs);

/** As {@link poll}, as often as this. */
export function pollEvery(ms: number): Transport {
  return { name: 'poll', open: (request, events) => new Polling(request, events, ms) };
}

class Polling implements Pipe {
  readonly #request: PipeRequest;
  readonly #events: PipeEvents;
  readonly #everyMs: number;
  readonly #stop = new AbortController();
  readonly #places = new Map<string, string>();
  #token: string | undefined;
  /** Lines that were said, and what is done about them, one after the other. */
  readonly #waiting: string[] = [];
  #work: Promise<void> = Promise.resolve();
  #over = false;
  #cancel: () => void = () => {};

  constructor(request: PipeRequest, events: PipeEvents, ms: number) {
    this.#request = request;
    this.#events = events;
    this.#everyMs = ms;
    this.#then(() => this.#begin());
  }

  send(lines: string): void {
    this.#waiting.push(lines);
    this.#then(() => this.#take(parsed(takeBody(this.#waiting))));
  }

  named(): void {}

  /** Nobody is a member. */
  last(): void {}

  close(): void {
    this.#end({ type: 'lost' });
  }

  #then(run: () => Promise<void>): void {
    this.#work = this.#work
      .then(() => (this.#over ? undefined : run()))
      .catch((cause: unknown) => this.#end(endOf(cause)));
  }

  async #begin(): Promise<void> {
    const [connect, ...rest] = parsed(this.#request.hello);
    if (connect === undefined) return;
    this.#token = connect['token'] as string | undefined;
    const subscriptions = (connect['subscriptions'] ?? []) as readonly Readonly<Record<string, unknown>>[];
    this.#say({
      type: 'connected',
      id: connect.id,
      session: null,
      heartbeatMs: this.#everyMs,
      speakWithinMs: null,
      expiresInMs: null,
      limits: { maxFrameBytes: 65_536, maxChannels: Infinity, rates: null },
    });
    for (const asked of subscriptions) await this.#subscribe(asked, null);
    await this.#take(rest);
    this.#wait();
  }

  async #take(frames: readonly Frame[]): Promise<void> {
    const alone: Frame[] = [];
    for (const frame of frames) {
      if (frame.type === 'subscribe') await this.#subscribe(frame, frame.id);
      else if (frame.type === 'unsubscribe') {
        this.#places.delete(String(frame['channel']));
        this.#say({ type: 'unsubscribed', id: frame.id, channel: String(frame['channel']) });
      } else if (frame.type === 'refresh') this.#say({ type: 'refreshed', id: frame.id, expiresInMs: null });
      else alone.push(frame);
    }
    if (alone.length > 0) await this.#post(alone);
  }

  /** Posts frames; the body of the answer are their replies. */
  async #post(frames: readonly Frame[]): Promise<void> {
    const connect = this.#token === undefined ? [] : [{ type: 'connect', id: 1, token: this.#token }];
    const body = [...connect, ...frames].map((frame) => JSON.stringify(frame)).join('\n');
    const response = await post(this.#request, '', body, { signal: this.#stop.signal });
    const lines = await response.text();
    if (this.#over) return;
    this.#events.alive();
    this.#events.lines(lines);
  }

  async #subscribe(asked: Readonly<Record<string, unknown>>, id: number | null): Promise<void> {
    const channel = String(asked['channel']);
    const { after, last } = asked as { readonly after?: string; readonly last?: number };
    const place = after === undefined ? (last === undefined ? 'last=1' : `last=${last}`) : `after=${after}`;
    try {
      const page = await this.#page(channel, place);
      const live = after === undefined && last === undefined;
      const from = live ? page.position : placeBefore(page);
      this.#places.set(channel, page.position);
      const named = id === null ? {} : { id };
      const gap = page.gap === undefined ? {} : { gap: page.gap };
      this.#say({ type: 'subscribed', ...named, channel, position: from, ...gap });
      if (!live) this.#tell(channel, page);
    } catch (cause) {
      if (!(cause instanceof RtError)) throw cause;
      this.#say({ type: 'error', ...(id !== null && { id }), channel, error: cause.toJSON() });
    }
  }

  #wait(): void {
    if (!this.#over) this.#cancel = this.#request.environment.timer(this.#everyMs, () => void this.#round());
  }

  /** Asks every channel for what is new. */
  async #round(): Promise<void> {
    try {
      for (const [channel, after] of [...this.#places]) await this.#catchUp(channel, after);
      this.#wait();
    } catch (cause) {
      this.#end(endOf(cause));
    }
  }

  async #catchUp(channel: string, after: string): Promise<void> {
    try {
      for (let place = after, more = true; more && !this.#over;) {
        const page = await this.#page(channel, `after=${place}`);
        // It may have been left, or begun anew, meanwhile.
        if (this.#places.get(channel) !== place) return;
        this.#places.set(channel, page.position);
        if (page.gap !== undefined) this.#say({ type: 'gap', channel, ...page.gap });
        this.#tell(channel, page);
        more = page.publications.length > 0 && page.position !== place;
        place = page.position;
      }
    } catch (cause) {
      if (!(cause instanceof RtError) || cause.retryable) throw cause;
      this.#places.delete(channel);
      this.#say({ type: 'unsubscribed', channel, error: cause.toJSON() });
    }
  }

  async #page(channel: string, place: string): Promise<Page> {
    const { url, headers, environment } = this.#request;
    const response = await environment.fetch(`${url}?channel=${encodeURIComponent(channel)}&${place}`, {
      headers: { ...headers, accept: 'application/json' },
      signal: this.#stop.signal,
      credentials: 'same-origin',
    });
    const page = (await (await answerOf(response)).json()) as Page;
    if (!this.#over) this.#events.alive();
    return page;
  }

  #tell(channel: string, { position, publications }: Page): void {
    if (publications.length === 0) return;
    const items = publications.map(({ position: at, ...publication }): PublicationBody => {
      return { ...publication, offset: parsePosition(at)?.offset ?? 0 };
    });
    this.#say({ type: 'publications', channel, position, publications: items });
  }

  #say(frame: ServerFrame): void {
    if (!this.#over) this.#events.lines(`${JSON.stringify(frame)}\n`);
  }

  #end(end: PipeEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancel();
    this.#stop.abort();
    this.#events.ended(end);
  }
}

function parsed(lines: string): readonly Frame[] {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Frame);
}

/** Where a page begins. */
function placeBefore({ position, publications, gap }: Page): string {
  if (gap !== undefined) return gap.position;
  const at = parsePosition(publications[0]?.position ?? '');
  return at === null ? position : `${at.epoch}.${at.offset - 1}`;
}
