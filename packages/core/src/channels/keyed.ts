import type { StandardSchemaV1 } from '@standard-schema/spec';

/** An event that is about one of many things: of those about one thing the newest says what is true now. */
export interface Keyed<Input = unknown, Output = Input> extends StandardSchemaV1<Input, Output> {
  readonly keyed: {
    /** Says which thing it is about. */
    readonly by: (data: Output) => string;
    /** Whether it says that the thing is no more. */
    readonly removes: boolean;
  };
}

/** Options of {@link keyed}. */
export interface KeyedOptions<Output> {
  /** Makes the key out of the data: a text of 1 to 255 characters. */
  readonly by: (data: Output) => string;
  /** Whether the event says that what it is about is no more. @default false */
  readonly removes?: boolean;
}

/**
 * Makes an event be about something, as a price is about a symbol and a move about a card. A channel can then keep the
 * newest of each key (`keep: { newestPer: 'key' }`), leave out for slow readers what was superseded (`slow: 'conflate'`),
 * and refuse a publication if a newer one is about the same (`ifPosition`).
 *
 * `price: keyed(z.object({ symbol: z.string(), bid: z.number() }), { by: ({ symbol }) => symbol })`
 */
export function keyed<Schema extends StandardSchemaV1>(
  schema: Schema,
  { by, removes = false }: KeyedOptions<StandardSchemaV1.InferOutput<Schema>>,
): Keyed<StandardSchemaV1.InferInput<Schema>, StandardSchemaV1.InferOutput<Schema>> {
  const standard = schema['~standard'] as Keyed<
    StandardSchemaV1.InferInput<Schema>,
    StandardSchemaV1.InferOutput<Schema>
  >['~standard'];
  return { '~standard': standard, keyed: { by, removes } };
}

/** What an event is about, or `null` for one that is about nothing in particular. */
export function keyedOf(schema: StandardSchemaV1): Keyed['keyed'] | null {
  return 'keyed' in schema ? ((schema as Keyed).keyed ?? null) : null;
}
