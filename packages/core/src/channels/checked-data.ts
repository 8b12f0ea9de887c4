import type { StandardSchemaV1 } from '@standard-schema/spec';

/** What a schema has found wrong, in one line. */
export function issues(found: readonly StandardSchemaV1.Issue[]): string {
  return found.map((issue) => `${path(issue.path)}${issue.message}`).join('; ');
}

/** A value as JSON, or why it cannot be written so. */
export function toJson(value: unknown): string | { readonly why: string; readonly cause: unknown } {
  let json: string | undefined;
  let cause: unknown;
  try {
    json = JSON.stringify(value);
  } catch (error) {
    cause = error;
  }
  return json ?? { why: cause instanceof Error ? cause.message : `it is ${typeof value}`, cause };
}

function path(segments: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined): string {
  if (segments === undefined || segments.length === 0) return '';
  return `${segments.map((segment) => String(typeof segment === 'object' ? segment.key : segment)).join('.')}: `;
}
