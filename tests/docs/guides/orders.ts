import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { hub } from './hub.ts';

const db = { order: async (_id: string) => ({ status: 'paid' }) };

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const id = request.url?.split('/').at(-1) ?? '';
  // #region position
  const order = hub.channel(`order:${id}`);
  const { state, position } = await order.withPosition(() => db.order(id)); // the position is read first …
  response.setHeader('rt-position', position).end(JSON.stringify(state)); // … so nothing in between is missed
  // #endregion
}

export const server = createServer((request, response) => void answer(request, response));
