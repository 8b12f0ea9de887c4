import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { ForbiddenException, Injectable } from '@nestjs/common';
import type { RtCall } from '@rt/nest';
import type { Visitor } from './visitors.ts';
import { Visitors } from './visitors.ts';

/** Lets only those change a board who may at this moment. What it says, the page shows. */
@Injectable()
export class EditorGuard implements CanActivate {
  readonly #visitors: Visitors;

  constructor(visitors: Visitors) {
    this.#visitors = visitors;
  }

  canActivate(context: ExecutionContext): boolean {
    const visitor = context.switchToWs().getClient<RtCall>().user as Visitor | null;
    if (visitor !== null && this.#visitors.mayChange(visitor.id)) return true;
    throw new ForbiddenException('You are reading along. Whoever may edit can move cards.');
  }
}
