import { RtError } from '@rt/protocol';
import { issues, toJson } from '../channels/checked-data.ts';
import type { Presence } from './presence-definition.ts';

/**
 * What a member shows, checked, as JSON.
 *
 * @throws RtError `member_invalid`
 */
export async function memberState(
  channel: string,
  { state: schema }: Presence,
  value: unknown,
  maxBytes: number,
): Promise<string> {
  if (schema === null) {
    if (value === null) return 'null';
    throw invalid(channel, 'its definition has no schema for it; leave it out');
  }
  const result = await schema['~standard'].validate(value);
  if (result.issues !== undefined) throw invalid(channel, `it does not fit its schema: ${issues(result.issues)}`);
  const json = toJson(result.value);
  if (typeof json !== 'string') throw invalid(channel, `it cannot be written as JSON: ${json.why}`, json.cause);
  const { length } = new TextEncoder().encode(json);
  if (length <= maxBytes) return json;
  throw invalid(
    channel,
    `it has ${length} bytes, and limits.maxStateBytes is ${maxBytes}; show less, or raise the limit`,
  );
}

function invalid(channel: string, why: string, cause?: unknown): RtError {
  return new RtError('member_invalid', `the state of a member of "${channel}" is refused: ${why}`, { cause });
}
