import { formatBase64, parseBase64 } from '@rt/protocol';

/**
 * A publication as brokers carry it: the event's name, `~` and the trace that it was made in if it has one, a space and
 * the publisher's key if it is to be told, a line feed, and the data: JSON, or `=` and base64 for bytes. No part can hold
 * a line feed, no event's name or trace a space or `~`, and no JSON begins with `=`, so it is taken apart without parsing.
 */
export type Payload = string;

/** What goes with the data of a publication. */
export interface PayloadHead {
  readonly event: string;
  /** The `traceparent` of the span that it was made in, or `null`. */
  readonly trace: string | null;
  /** The key that is told with it, or `null`. */
  readonly key: string | null;
}

/**
 * Joins what goes with the data, and the data, which is JSON text or bytes.
 *
 * @param echo The key that is told with it, or `null`.
 * @param trace The `traceparent` of the span that it was made in, or `null`.
 */
export function joinPayload(
  event: string,
  data: string | Uint8Array,
  echo: string | null,
  trace: string | null,
): Payload {
  const name = trace === null ? event : `${event}~${trace}`;
  const head = echo === null ? name : `${name} ${echo}`;
  return `${head}\n${typeof data === 'string' ? data : `=${formatBase64(data)}`}`;
}

/** What goes with the data. */
export function payloadHead(payload: Payload): PayloadHead {
  const joined = payload.slice(0, payload.indexOf('\n'));
  const space = joined.indexOf(' ');
  const name = space === -1 ? joined : joined.slice(0, space);
  const tilde = name.indexOf('~');
  return {
    event: tilde === -1 ? name : name.slice(0, tilde),
    trace: tilde === -1 ? null : name.slice(tilde + 1),
    key: space === -1 ? null : joined.slice(space + 1),
  };
}

/** The event's name. */
export function payloadEvent(payload: Payload): string {
  return payloadHead(payload).event;
}

/** All of it as fields of a JSON object: `"event":…`, `"key":…` if it is told, `"trace":…` if it has one, and the data. */
export function payloadFields(payload: Payload): string {
  const { event, trace, key } = payloadHead(payload);
  if (trace === null && key === null) return `"event":"${event}",${payloadField(payload)}`;
  // The names of events hold nothing that JSON escapes, and neither do traces; keys may.
  const keyField = key === null ? '' : `"key":${JSON.stringify(key)},`;
  const traceField = trace === null ? '' : `"trace":"${trace}",`;
  return `"event":"${event}",${keyField}${traceField}${payloadField(payload)}`;
}

/** The data as JSON text; bytes as a JSON string of base64. */
export function payloadJson(payload: Payload): string {
  const data = payload.slice(payload.indexOf('\n') + 1);
  return data.startsWith('=') ? `"${data.slice(1)}"` : data;
}

/** The data as a field of a JSON object: `"data":…`, or `"base64":"…"` for bytes. */
export function payloadField(payload: Payload): string {
  return payload.startsWith('=', payload.indexOf('\n') + 1)
    ? `"base64":${payloadJson(payload)}`
    : `"data":${payloadJson(payload)}`;
}

/** The data itself. */
export function payloadData(payload: Payload): unknown {
  const data = payload.slice(payload.indexOf('\n') + 1);
  return data.startsWith('=') ? parseBase64(data.slice(1)) : (JSON.parse(data) as unknown);
}
