import { formatBase64, parseBase64 } from '@rt/protocol';

/**
 * A publication as brokers carry it: the event's name, a space and the publisher's key if it is to be told, a line feed,
 * and the data: JSON, or `=` and base64 for bytes. No part can hold a line feed, no event's name a space, and no JSON
 * begins with `=`, so it is taken apart without parsing.
 */
export type Payload = string;

/**
 * Joins an event's name and its data, which is JSON text or bytes.
 *
 * @param echo The key that is told with it, or `null`.
 */
export function joinPayload(event: string, data: string | Uint8Array, echo: string | null): Payload {
  const head = echo === null ? event : `${event} ${echo}`;
  return `${head}\n${typeof data === 'string' ? data : `=${formatBase64(data)}`}`;
}

/** The event's name. */
export function payloadEvent(payload: Payload): string {
  const joined = payload.slice(0, payload.indexOf('\n'));
  const space = joined.indexOf(' ');
  return space === -1 ? joined : joined.slice(0, space);
}

/** All of it as fields of a JSON object: `"event":…`, `"key":…` if it is told, and the data. */
export function payloadFields(payload: Payload): string {
  const joined = payload.slice(0, payload.indexOf('\n'));
  const space = joined.indexOf(' ');
  // The names of events hold nothing that JSON escapes; keys may.
  if (space === -1) return `"event":"${joined}",${payloadField(payload)}`;
  const key = JSON.stringify(joined.slice(space + 1));
  return `"event":"${joined.slice(0, space)}","key":${key},${payloadField(payload)}`;
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
