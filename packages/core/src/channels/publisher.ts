import type { ConflictBody, Position } from '@rt/protocol';
import { formatBase64, formatPosition, RtError } from '@rt/protocol';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Broker, Conflict, Receipt } from '../broker/broker.ts';
import type { Payload } from '../log/payload.ts';
import { joinBytes, joinPayload, payloadData, payloadEvent } from '../log/payload.ts';
import { ephemeralOf } from './ephemeral.ts';
import type { Match } from './registry.ts';

/** How a publication is stored. */
export interface PublishingOptions {
  /** The same for each repetition of it. */
  readonly key?: string | null;
  /** The place after which it has to be the next one. */
  readonly after?: Position | null;
}

/**
 * Checks publications and appends them to the broker. For one channel, publications are appended in the order in
 * which `publish` was called, also while an event's schema is still being validated by a promise.
 */
export class Publisher {
  readonly #broker: Broker;
  readonly #maxBytes: number;
  readonly #waiting = new Map<string, Promise<unknown>>();

  constructor(broker: Broker, maxBytes: number) {
    this.#broker = broker;
    this.#maxBytes = maxBytes;
  }

  /** Resolves to the printed position once the broker has kept the publication; to `null` for one that is ephemeral. */
  async publish(match: Match, event: string, data: unknown, how: PublishingOptions = {}): Promise<string | null> {
    const schema = match.definition.events[event];
    const passing = schema === undefined ? null : ephemeralOf(schema);
    if (passing !== null) return this.#pass(match, event, data, { by: passing.by, how });
    const before = this.#waiting.get(match.channel);
    const payload = this.#check(match, event, data);
    if (before === undefined && typeof payload === 'string') return printed(await this.#append(match, payload, how));
    const turn = this.#inTurn(match, before, payload, how);
    // The turn's own failure is the caller's; the next in line only waits for its end.
    const ended = turn.then(
      () => {},
      () => {},
    );
    this.#waiting.set(match.channel, ended);
    try {
      return printed(await turn);
    } finally {
      if (this.#waiting.get(match.channel) === ended) this.#waiting.delete(match.channel);
    }
  }

  async #inTurn(
    match: Match,
    before: Promise<unknown> | undefined,
    payload: Payload | Promise<Payload>,
    how: PublishingOptions,
  ): Promise<Receipt> {
    // Also a refused publication waits for the one before it: whoever waits for the last in line waits for all.
    const [checked] = await Promise.allSettled([payload, before]);
    if (checked.status === 'rejected') throw checked.reason;
    return this.#append(match, checked.value, how);
  }

  async #append({ channel, definition }: Match, payload: Payload, how: PublishingOptions): Promise<Receipt> {
    const { key = null, after = null } = how;
    const options = { keep: definition.keep, key };
    if (after === null) return this.#broker.append(channel, payload, options);
    const outcome = await this.#broker.appendAfter(channel, after, payload, options);
    if (outcome.type === 'appended') return outcome.receipt;
    throw conflict(channel, after, outcome.conflict);
  }

  /** Hands an ephemeral publication on. It has no place, and so no order that would have to be kept. */
  async #pass(match: Match, event: string, data: unknown, { by, how }: Passing): Promise<null> {
    if (how.after !== undefined && how.after !== null) {
      throw new RtError('event_invalid', `"${event}" is ephemeral and has no position; leave ifPosition out`);
    }
    const payload = await this.#check(match, event, data);
    const key = by === null ? null : `${event} ${by(payloadData(payload) as never)}`;
    await this.#broker.pass(match.channel, payload, key);
    return null;
  }

  #check({ channel, definition }: Match, event: string, data: unknown): Payload | Promise<Payload> {
    const schema = definition.events[event];
    if (schema === undefined) {
      const known = Object.keys(definition.events).join(', ');
      throw new RtError(
        'event_unknown',
        `"${definition.pattern.text}" has no event ${JSON.stringify(event)}; it has: ${known}`,
      );
    }
    const name = `"${event}" on "${channel}"`;
    const result = schema['~standard'].validate(data);
    if (result instanceof Promise) return result.then((settled) => this.#payload(name, event, settled));
    return this.#payload(name, event, result);
  }

  #payload(name: string, event: string, result: StandardSchemaV1.Result<unknown>): Payload {
    if (result.issues !== undefined) {
      const issues = result.issues.map((issue) => `${path(issue.path)}${issue.message}`).join('; ');
      throw new RtError('event_invalid', `the data of ${name} does not fit its schema: ${issues}`);
    }
    if (result.value instanceof Uint8Array) {
      this.#mustFit(name, result.value.length);
      return joinBytes(event, result.value);
    }
    const json = toJson(name, result.value);
    // UTF-8 takes at most three bytes for a UTF-16 unit: most payloads need not be encoded to know that they fit.
    if (json.length * 3 > this.#maxBytes) this.#mustFit(name, new TextEncoder().encode(json).length);
    return joinPayload(event, json);
  }

  #mustFit(name: string, bytes: number): void {
    if (bytes <= this.#maxBytes) return;
    throw new RtError(
      'publication_too_large',
      `${name} has ${bytes} bytes, and limits.maxPublicationBytes is ${this.#maxBytes}; publish a reference instead, or raise the limit`,
    );
  }
}

interface Passing {
  readonly by: ((data: never) => string) | null;
  readonly how: PublishingOptions;
}

function conflict(channel: string, after: Position, { epoch, top, newest }: Conflict): RtError {
  const position = formatPosition(epoch, top);
  const asked = formatPosition(after.epoch, after.offset);
  const shown = newest === null ? null : newestBody(newest.payload);
  return new RtError(
    'conflict',
    `"${channel}" is at ${position}, and this was to come right after ${asked}; look at what is newer, and decide anew`,
    { conflict: { position, newest: shown } },
  );
}

function newestBody(payload: Payload): ConflictBody['newest'] {
  const event = payloadEvent(payload);
  const data = payloadData(payload);
  return data instanceof Uint8Array ? { event, base64: formatBase64(data) } : { event, data };
}

function printed({ epoch, offset }: Receipt): string {
  return formatPosition(epoch, offset);
}

function toJson(name: string, value: unknown): string {
  let json: string | undefined;
  let cause: unknown;
  try {
    json = JSON.stringify(value);
  } catch (error) {
    cause = error;
  }
  if (json === undefined) {
    const why = cause instanceof Error ? cause.message : `it is ${typeof value}`;
    throw new RtError('event_invalid', `the data of ${name} cannot be written as JSON: ${why}`, { cause });
  }
  return json;
}

function path(segments: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined): string {
  if (segments === undefined || segments.length === 0) return '';
  return `${segments.map((segment) => String(typeof segment === 'object' ? segment.key : segment)).join('.')}: `;
}
