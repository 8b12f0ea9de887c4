/**
 * A publication as brokers carry it: the event's name, a line feed, and the data as JSON. Neither part can hold a
 * line feed, so it is taken apart without parsing the JSON.
 */
export type Payload = string;

/** Joins an event's name and its data, which is already JSON text. */
export function joinPayload(event: string, json: string): Payload {
  return `${event}\n${json}`;
}

/** The event's name. */
export function payloadEvent(payload: Payload): string {
  return payload.slice(0, payload.indexOf('\n'));
}

/** The data as JSON text. */
export function payloadJson(payload: Payload): string {
  return payload.slice(payload.indexOf('\n') + 1);
}
