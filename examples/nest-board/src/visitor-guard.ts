import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import type { Visitor } from './visitors.ts';
import { Visitors } from './visitors.ts';

interface VisitedRequest {
  readonly headers: { readonly cookie?: string };
  user?: Visitor;
}

/** Finds out who asks, for streams, polls, POST and WebSocket upgrades alike. Whoever has no cookie reads along as nobody. */
@Injectable()
export class VisitorGuard implements CanActivate {
  readonly #visitors: Visitors;

  constructor(visitors: Visitors) {
    this.#visitors = visitors;
  }

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<VisitedRequest>();
    const token = this.#visitors.tokenOf(request.headers.cookie);
    if (token !== null) request.user = this.#visitors.of(token);
    return true;
  }
}
