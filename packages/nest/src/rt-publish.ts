import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Injectable, UseInterceptors } from '@nestjs/common';
import type { Hub, PublishOptions } from '@rt/core';
import type { Observable } from 'rxjs';
import { concatMap } from 'rxjs';
import { InjectHub } from './tokens.ts';

/** What a handler's result is published as. */
export interface Publishing extends PublishOptions {
  readonly channel: string;
  readonly event: string;
  readonly data: unknown;
}

/**
 * Publishes what the handler has returned, before it is answered: if that fails the request fails. For HTTP routes,
 * gateways and channel classes.
 *
 * @param publishing makes a publication of a result; `null` for none
 */
export function RtPublish<Result>(
  publishing: (result: Result, context: ExecutionContext) => Publishing | null,
): ClassDecorator & MethodDecorator {
  @Injectable()
  class Publishes implements NestInterceptor {
    readonly #hub: Hub;

    constructor(@InjectHub() hub: Hub) {
      this.#hub = hub;
    }

    intercept(context: ExecutionContext, next: CallHandler<Result>): Observable<Result> {
      return next.handle().pipe(
        concatMap(async (result) => {
          const made = publishing(result, context);
          if (made === null) return result;
          const { channel, event, data, ...options } = made;
          await this.#hub.channel(channel).publish(event, data, options);
          return result;
        }),
      );
    }
  }
  return UseInterceptors(Publishes);
}
