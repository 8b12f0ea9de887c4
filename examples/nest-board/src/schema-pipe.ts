import type { PipeTransform } from '@nestjs/common';
import { BadRequestException } from '@nestjs/common';
import type { ZodType } from 'zod';

/** Lets through what fits a schema, as the schema makes it. */
export class SchemaPipe<Output> implements PipeTransform<unknown, Output> {
  readonly #schema: ZodType<Output>;

  constructor(schema: ZodType<Output>) {
    this.#schema = schema;
  }

  transform(value: unknown): Output {
    const parsed = this.#schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw new BadRequestException(parsed.error.issues.map(({ message }) => message).join('; '));
  }
}
