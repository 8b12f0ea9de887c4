import type { ConflictBody, Position } from '@rt/protocol';
import { formatBase64, formatPosition, RtError } from '@rt/protocol';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { AppendOptions, Broker, Conflict, Receipt } from '../broker/broker.ts';
import type { About } from '../log/entry.ts';
import type { Payload } from '../log/payload.ts';
import type { Tally } from '../observe/tally.ts';
import { joinPayload, payloadData, payloadEvent } from '../log/payload.ts';
import type { CurrentTrace } from './carried-trace.ts';
import { CarriedTrace } from './carried-trace.ts';
import { issues, toJson } from './checked-data.ts';
import { ephemeralOf } from './ephemeral.ts';
import type { Keyed } from './keyed.ts';
import { keyedOf } from './keyed.ts';
import type { Match } from './registry.ts';

/** How a publication is stored. */
export interface PublishingOptions {
  /** The same for each repetition of it. */
  readonly key?: string | null;
  /** The key as the publisher has made it up, to be told with the publication. */
  readonly echo?: string | null;
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
  readonly #tally: Tally;
  readonly #carried = new CarriedTrace();
  readonly #waiting = new Map<string, Promise<unknown>>();
  /** The channels that were published to last, where a log that is followed may be behind. */
  readonly #recent: Set<string> | null;
  #underWay = 0;
  #whenIdle: (() => void)[] = [];

  constructor(broker: Broker, maxBytes: number, tally: Tally) {
    this.#broker = broker;
    this.#recent = broker.catchUp === undefined ? null : new Set();
    this.#maxBytes = maxBytes;
    this.#tally = tally;
  }

  /** Lets publications carry the trace that they are made in. Returns how to stop. */
  traceWith(current: CurrentTrace): () => void {
    return this.#carried.use(current);
  }

  /** Resolves to the printed position once the broker has kept the publication; to `null` for one that is ephemeral. */
  async publish(match: Match, event: string, data: unknown, how: PublishingOptions = {}): Promise<string | null> {
    this.#began(match.channel);
    try {
      const schema = match.definition.events[event];
      const passing = schema === undefined ? null : ephemeralOf(schema);
      if (passing !== null) return await this.#pass(match, event, data, { by: passing.by, how });
      const before = this.#waiting.get(match.channel);
      const checked = this.#check(match, event, data, how.echo);
      const waits = before !== undefined || checked instanceof Promise;
      const receipt = await (waits ? this.#inLine(match, before, checked, how) : this.#append(match, checked, how));
      if (!receipt.repeated) this.#tally.kept += 1;
      return formatPosition(receipt.epoch, receipt.offset);
    } finally {
      this.#underWay -= 1;
      if (this.#underWay === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
    }
  }

  async #inLine(
    match: Match,
    before: Promise<unknown> | undefined,
    checked: Checked | Promise<Checked>,
    how: PublishingOptions,
  ): Promise<Receipt> {
    const turn = this.#inTurn(match, before, checked, how);
    // The turn's own failure is the caller's; the next in line only waits for its end.
    const ended = turn.then(
      () => {},
      () => {},
    );
    this.#waiting.set(match.channel, ended);
    try {
      return await turn;
    } finally {
      if (this.#waiting.get(match.channel) === ended) this.#waiting.delete(match.channel);
    }
  }

  async #inTurn(
    match: Match,
    before: Promise<unknown> | undefined,
    checked: Checked | Promise<Checked>,
    how: PublishingOptions,
  ): Promise<Receipt> {
    // Also a refused publication waits for the one before it: whoever waits for the last in line waits for all.
    const [settled] = await Promise.allSettled([checked, before]);
    if (settled.status === 'rejected') throw settled.reason;
    return this.#append(match, settled.value, how);
  }

  /** Resolves when every publication that was made has been answered, with the channels that were published to last. */
  async idle(): Promise<readonly string[]> {
    if (this.#underWay > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
    return [...(this.#recent ?? [])];
  }

  #began(channel: string): void {
    this.#underWay += 1;
    const recent = this.#recent;
    if (recent === null) return;
    recent.delete(channel);
    recent.add(channel);
    if (recent.size <= maxRecent) return;
    for (const oldest of recent) return void recent.delete(oldest);
  }

  #append(
    { channel, definition }: Match,
    { payload, about }: Checked,
    { key = null, after = null }: PublishingOptions,
  ): Promise<Receipt> {
    const options = { keep: definition.keep, key, about };
    if (after === null) return this.#broker.append(channel, payload, options);
    return this.#appendAfter(channel, after, payload, options);
  }

  async #appendAfter(channel: string, after: Position, payload: Payload, options: AppendOptions): Promise<Receipt> {
    const outcome = await this.#broker.appendAfter(channel, after, payload, options);
    if (outcome.type === 'appended') return outcome.receipt;
    throw conflict(channel, after, outcome.conflict);
  }

  /** Hands an ephemeral publication on. It has no place, and so no order that would have to be kept. */
  async #pass(match: Match, event: string, data: unknown, { by, how }: Passing): Promise<null> {
    if (how.after !== undefined && how.after !== null) {
      throw new RtError('event_invalid', `"${event}" is ephemeral and has no position; leave ifPosition out`);
    }
    const { payload } = await this.#check(match, event, data, how.echo);
    const key = by === null ? null : `${event} ${by(payloadData(payload) as never)}`;
    await this.#broker.pass(match.channel, payload, key);
    this.#tally.ephemeral += 1;
    return null;
  }

  #check(
    { channel, definition }: Match,
    event: string,
    data: unknown,
    echo: string | null = null,
  ): Checked | Promise<Checked> {
    const schema = definition.events[event];
    if (schema === undefined) {
      const known = Object.keys(definition.events).join(', ');
      throw new RtError(
        'event_unknown',
        `"${definition.pattern.text}" has no event ${JSON.stringify(event)}; it has: ${known}`,
      );
    }
    const name = `"${event}" on "${channel}"`;
    // Before anything is waited for: a schema's promise may lead out of the span.
    const trace = this.#carried.now();
    const result = schema['~standard'].validate(data);
    const settled = (outcome: StandardSchemaV1.Result<unknown>): Checked => {
      if (outcome.issues !== undefined) {
        throw new RtError('event_invalid', `the data of ${name} does not fit its schema: ${issues(outcome.issues)}`);
      }
      return {
        payload: joinPayload(event, this.#data(name, outcome.value), echo, trace),
        about: about(name, keyedOf(schema), outcome.value),
      };
    };
    return result instanceof Promise ? result.then(settled) : settled(result);
  }

  /** The data as JSON, or bytes as they are. */
  #data(name: string, value: unknown): string | Uint8Array {
    if (value instanceof Uint8Array) {
      this.#mustFit(name, value.length);
      return value;
    }
    const json = toJson(value);
    if (typeof json !== 'string') {
      throw new RtError('event_invalid', `the data of ${name} cannot be written as JSON: ${json.why}`, {
        cause: json.cause,
      });
    }
    // UTF-8 takes at most three bytes for a UTF-16 unit: most payloads need not be encoded to know that they fit.
    if (json.length * 3 > this.#maxBytes) this.#mustFit(name, new TextEncoder().encode(json).length);
    return json;
  }

  #mustFit(name: string, bytes: number): void {
    if (bytes <= this.#maxBytes) return;
    throw new RtError(
      'publication_too_large',
      `${name} has ${bytes} bytes, and limits.maxPublicationBytes is ${this.#maxBytes}; publish a reference instead, or raise the limit`,
    );
  }
}

/** How many channels are known to have been published to last. */
const maxRecent = 256;

/** A publication that may be appended. */
interface Checked {
  readonly payload: Payload;
  readonly about: About | null;
}

interface Passing {
  readonly by: ((data: never) => string) | null;
  readonly how: PublishingOptions;
}

const maxSubjectLength = 255;

/** What a publication is about, as the event's `by` says. */
function about(name: string, kind: Keyed['keyed'] | null, value: unknown): About | null {
  if (kind === null) return null;
  let subject: unknown;
  try {
    subject = kind.by(value);
  } catch (cause) {
    throw new RtError('event_invalid', `the key of ${name} cannot be made: its by threw`, { cause });
  }
  if (typeof subject === 'string' && subject.length > 0 && subject.length <= maxSubjectLength) {
    return { subject, removes: kind.removes };
  }
  const came = typeof subject === 'string' ? `one of ${subject.length}` : typeof subject;
  throw new RtError('event_invalid', `the key of ${name} must be a text of 1 to 255 characters, but by made ${came}`);
}

function conflict(channel: string, after: Position, { epoch, offset, newest }: Conflict): RtError {
  const position = formatPosition(epoch, offset);
  const asked = formatPosition(after.epoch, after.offset);
  const shown = newest === null ? null : newestBody(newest.payload);
  return new RtError(
    'conflict',
    `"${channel}" has something newer, at ${position}, than ${asked}; look at it, and decide anew`,
    { conflict: { position, newest: shown } },
  );
}

function newestBody(payload: Payload): ConflictBody['newest'] {
  const event = payloadEvent(payload);
  const data = payloadData(payload);
  return data instanceof Uint8Array ? { event, base64: formatBase64(data) } : { event, data };
}
