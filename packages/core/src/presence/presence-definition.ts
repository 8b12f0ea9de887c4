import { RtError } from '@rt/protocol';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { wholeNumber } from '../whole-number.ts';

/** Who is in a channel, and how it is told. */
export interface PresenceOptions<State extends StandardSchemaV1 = StandardSchemaV1> {
  /** What a member shows. @default nothing: the state is `null` */
  readonly state?: State;
  /**
   * How long a member whose connection broke stays: whoever is back by then was never away. Whoever leaves, or closes
   * the connection in good order, is gone at once. From 0. @default 10_000
   */
  readonly graceMs?: number;
  /** The most members that are listed; of more than that a few are, and all are counted. @default 500 */
  readonly listUpTo?: number;
  /** Among 100 members and more, changes within this time are told together. @default 250 */
  readonly mergeMs?: number;
}

/** The options with every default filled in. */
export interface Presence {
  readonly state: StandardSchemaV1 | null;
  readonly graceMs: number;
  readonly listUpTo: number;
  readonly mergeMs: number;
}

/** Presence as a definition has it: the schema of what members show, or that and more. */
export type PresenceDefinition<State extends StandardSchemaV1 = StandardSchemaV1> = State | PresenceOptions<State>;

/** @throws RtError `definition_invalid`, `option_invalid` */
export function presence(pattern: string, definition: PresenceDefinition | undefined): Presence | null {
  if (definition === undefined) return null;
  const options: PresenceOptions = '~standard' in definition ? { state: definition } : definition;
  const { state = null } = options;
  if (state !== null && typeof state['~standard']?.validate !== 'function') {
    throw new RtError(
      'definition_invalid',
      `the channel "${pattern}" cannot be used: presence needs a Standard Schema (zod, valibot, arktype …), but has ${typeof state}`,
    );
  }
  const least = (name: 'graceMs' | 'listUpTo' | 'mergeMs', fallback: number, max: number): number =>
    wholeNumber(`presence.${name} of "${pattern}"`, options[name], { fallback, min: 0, max });
  return {
    state,
    graceMs: least('graceMs', 10_000, 3_600_000),
    listUpTo: least('listUpTo', 500, 100_000),
    mergeMs: least('mergeMs', 250, 60_000),
  };
}
