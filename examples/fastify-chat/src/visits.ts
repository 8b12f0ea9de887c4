import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Visitor } from './visitor.ts';
import { newVisitor } from './visitor.ts';

declare module 'fastify' {
  interface Session {
    visitor?: Visitor;
  }
}

/** What a page is told of itself. */
export interface Visit {
  /** Who it writes as, or `null` before somebody has picked a name. */
  readonly me: Visitor | null;
  /** The server's clock, in milliseconds since 1970. */
  readonly nowMs: number;
}

export interface VisitsOptions {
  /** Whoever has left is not heard any more. */
  readonly left: (visitor: Visitor) => void;
}

const joining = z.object({
  name: z
    .string()
    .trim()
    .min(1, 'Pick a name.')
    .max(32, 'A name has 32 characters at most.')
    .regex(/^[^\p{C}]+$/u, 'A name is made of letters.'),
  keyHolder: z.boolean(),
});

/** Who a browser is: `/me` says it, `/join` picks a name, `/leave` gives it back. The session has it, not the page. */
export function addVisits(app: FastifyInstance, { left }: VisitsOptions): void {
  const visitOf = (visitor: Visitor | undefined): Visit => ({
    me: visitor ?? null,
    nowMs: Date.now(),
  });

  app.get('/me', async ({ session }, reply) => {
    reply.header('cache-control', 'no-store');
    return visitOf(session.visitor);
  });

  app.post('/join', async (request, reply) => {
    const wanted = joining.safeParse(request.body);
    if (!wanted.success) return reply.code(422).send({ message: wanted.error.issues[0]?.message });
    // Another session than the one before it had a name: who knew that one does not know this.
    await request.session.regenerate();
    request.session.visitor = newVisitor(wanted.data.name, wanted.data.keyHolder);
    return visitOf(request.session.visitor);
  });

  app.post('/leave', async ({ session }) => {
    const { visitor } = session;
    await session.destroy();
    if (visitor !== undefined) left(visitor);
    return visitOf(undefined);
  });
}
