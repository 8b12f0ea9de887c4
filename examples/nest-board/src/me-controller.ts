import { Body, Controller, ForbiddenException, Get, Header, Headers, Post } from '@nestjs/common';
import { z } from 'zod';
import { SchemaPipe } from './schema-pipe.ts';
import type { Visitor } from './visitors.ts';
import { Visitors } from './visitors.ts';

const wish = z.object({ readsOnly: z.boolean() });

/** What a page is told of itself. */
export interface Visit extends Visitor {
  /** The server's clock, in milliseconds since 1970. */
  readonly nowMs: number;
}

/** Who a browser is, and whether it may change the board: a switch here, an administrator's doing elsewhere. */
@Controller('me')
export class MeController {
  readonly #visitors: Visitors;

  constructor(visitors: Visitors) {
    this.#visitors = visitors;
  }

  @Get()
  @Header('cache-control', 'no-store')
  me(@Headers('cookie') cookies: string | undefined): Visit {
    return visit(this.#visitors.of(this.#token(cookies)));
  }

  @Post()
  become(
    @Headers('cookie') cookies: string | undefined,
    @Body(new SchemaPipe(wish)) { readsOnly }: z.infer<typeof wish>,
  ): Visit {
    return visit(this.#visitors.allow(this.#token(cookies), readsOnly));
  }

  #token(cookies: string | undefined): string {
    const token = this.#visitors.tokenOf(cookies);
    if (token === null) throw new ForbiddenException('Open the page first: it brings a cookie.');
    return token;
  }
}

function visit(visitor: Visitor): Visit {
  return { ...visitor, nowMs: Date.now() };
}
