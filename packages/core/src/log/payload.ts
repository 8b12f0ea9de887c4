import { formatBase64, parseBase64 } from '@rt/protocol';

/**
 * A publication as brokers carry it: the event's name, a line feed, and the data: JSON, or `=` and base64 for bytes.
 * Neither part can hold a line feed, and no JSON begins with `=`, so it is taken apart without parsing.
 */
export type Payload = string;

/** Joins an event's name and its data, which is already JSON text. */
export function joinPayload(event: string, json: string): Payload {
  return `${event}\n${json}`;
}

/** Joins an event's name and bytes. */
export function joinBytes(event: string, bytes: Uint8Array): Payload {
  return `${event}\n=${formatBase64(bytes)}`;
}

/** The event's name. */
export function payloadEvent(payload: Payload): string {
  return payload.slice(0, payload.indexOf('\n'));
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
