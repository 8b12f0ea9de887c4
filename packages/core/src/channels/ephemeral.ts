import type { StandardSchemaV1 } from '@standard-schema/spec';

/** An event that is told to whoever is there and never again: no position, no history, no replay. */
export interface Ephemeral<Input = unknown, Output = Input> extends StandardSchemaV1<Input, Output> {
  readonly ephemeral: {
    /** Says which of several belong together: of those within one turn only the newest is sent. */
    readonly by: ((data: Output) => string) | null;
  };
}

/** Options of {@link ephemeral}. */
export interface EphemeralOptions<Output> {
  /**
   * Makes a key out of the data: of all with one key that come within one turn of the event loop only the newest is
   * sent, as of the places of one cursor. @default each is sent
   */
  readonly by?: (data: Output) => string;
}

/**
 * Makes an event ephemeral, as typing and live cursors are: it is sent to the readers that keep up, dropped for the
 * others, and not kept. `typing: ephemeral(z.object({ user: z.string() }), { by: ({ user }) => user })`
 */
export function ephemeral<Schema extends StandardSchemaV1>(
  schema: Schema,
  { by }: EphemeralOptions<StandardSchemaV1.InferOutput<Schema>> = {},
): Ephemeral<StandardSchemaV1.InferInput<Schema>, StandardSchemaV1.InferOutput<Schema>> {
  const standard = schema['~standard'] as Ephemeral<
    StandardSchemaV1.InferInput<Schema>,
    StandardSchemaV1.InferOutput<Schema>
  >['~standard'];
  return { '~standard': standard, ephemeral: { by: by ?? null } };
}

/** What makes an event ephemeral, or `null` for one that is kept. */
export function ephemeralOf(schema: StandardSchemaV1): Ephemeral['ephemeral'] | null {
  return 'ephemeral' in schema ? ((schema as Ephemeral).ephemeral ?? null) : null;
}
