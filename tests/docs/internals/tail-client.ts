// #region blocks
/** A block of an event stream. `data` is `null` for one that only moves the place. */
interface Block {
  readonly id: string;
  readonly event: string;
  readonly data: string | null;
}

/** Reads an event stream as the HTML standard has it. */
export async function* blocks(body: AsyncIterable<Uint8Array>): AsyncGenerator<Block> {
  const decoder = new TextDecoder(); // takes the byte order mark away
  let [rest, id, event] = ['', '', ''];
  let [data, moved] = [[] as string[], false];
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\r(?!$)|\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) yield { id, event: event || 'message', data: data.join('\n') };
        else if (moved) yield { id, event: '', data: null };
        [event, data, moved] = ['', [], false];
        continue;
      }
      const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
      if (field === 'data') data.push(value);
      if (field === 'event') event = value;
      if (field === 'id' && !value.includes('\0')) [id, moved] = [value, true];
    }
  }
}
// #endregion

// #region follow
export interface Told {
  readonly publication: (event: string, data: unknown) => void;
  /** Some are missing: read anew what they have changed. */
  readonly gap: (reason: string) => void;
}

/** Follows a channel until it is stopped, or told not to come back. */
export async function follow(url: string, told: Told, stop: AbortSignal): Promise<void> {
  let place = ''; // all that a client has to remember
  for (let waitMs = 250; !stop.aborted; waitMs = Math.min(waitMs * 2, 30_000)) {
    try {
      const headers = { accept: 'text/event-stream', ...(place !== '' && { 'last-event-id': place }) };
      const { ok, status, body } = await fetch(url, { headers, signal: stop });
      if (status === 401 || status === 403) throw new Refused(`the server answers ${status}`);
      if (!ok || body === null) throw new Error('later');
      for await (const { id, event, data } of blocks(body)) {
        const value = data === null ? null : (JSON.parse(data) as Readonly<Record<string, unknown>>);
        if (event === 'rt.bye' && value?.['retryInMs'] === null) throw new Refused(String(value['reason']));
        if (event === 'rt.bye') waitMs = Number(value?.['retryInMs']);
        else if (event === 'rt.gap') told.gap(String(value?.['reason']));
        else if (data !== null) told.publication(event, value);
        if (id !== '') place = id;
        if (event !== 'rt.bye') waitMs = 250; // it works
      }
    } catch (cause) {
      if (cause instanceof Refused) throw cause;
    }
    await new Promise((resolve) => setTimeout(resolve, stop.aborted ? 0 : waitMs * (0.5 + Math.random())));
  }
}

export class Refused extends Error {}
// #endregion

// #region publish
/** Publishes, once: a repetition with the same key is answered with the place of the first. */
export async function publish(url: string, channel: string, event: string, data: unknown): Promise<string> {
  const body = JSON.stringify({ type: 'publish', id: 1, channel, event, data, key: crypto.randomUUID() });
  for (let waitMs = 250; ; waitMs *= 2) {
    const response = await fetch(url, { method: 'POST', body }).catch(() => null);
    const { type, position, error } = ((await response?.json()) ?? { type: 'lost' }) as Answer;
    if (type === 'published') return position ?? '';
    if (error?.retryable === false || waitMs > 5000) throw new Refused(error?.message ?? 'nobody answers');
    await new Promise((resolve) => setTimeout(resolve, error?.retryInMs ?? waitMs));
  }
}

interface Answer {
  readonly type?: string;
  readonly position?: string;
  readonly error?: { readonly message: string; readonly retryable: boolean; readonly retryInMs?: number };
}
// #endregion
