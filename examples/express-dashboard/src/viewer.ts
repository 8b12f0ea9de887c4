import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';

/** Whoever looks at the page, as the same person in every tab of one browser. */
export interface Viewer {
  readonly id: string;
}

const cookie = /(?:^|;\s*)viewer=([0-9a-f-]{36})(?:;|$)/;

/** The viewer that a request's cookie names; `null` for one without, as of curl. */
export function viewerOf({ headers }: Pick<IncomingMessage, 'headers'>): Viewer | null {
  const id = cookie.exec(headers.cookie ?? '')?.[1];
  return id === undefined ? null : { id };
}

/** Gives a browser that comes for the first time its cookie. The page reads it, to know which viewer it is. */
export const meetViewer: RequestHandler = (request, response, next) => {
  if (viewerOf(request) === null) {
    response.cookie('viewer', randomUUID(), { sameSite: 'lax', maxAge: 30 * 86_400_000 });
  }
  next();
};
