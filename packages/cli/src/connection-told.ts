import type { Status } from '@rt/client';
import type { HubClient } from './hub-client.ts';
import type { Terminal } from './terminal.ts';
import { jsonLine, printable, styled } from './terminal.ts';

/** Tells what becomes of the connection, apart from what was asked for; with `--json` as lines like the others. */
export function tellConnection(
  client: HubClient,
  { out, notes }: Terminal,
  { json, fault }: { readonly json: boolean; readonly fault: () => string | null },
): void {
  client.subscribe(() => {
    const { status } = client;
    if (json) return void (status.state === 'closed' || out.line(jsonLine(statusBody(status))));
    const text = statusText(status, fault());
    if (text !== null) notes.line(styled(notes, 'dim', printable(text)));
  });
}

function statusBody(status: Status): Readonly<Record<string, unknown>> {
  const { state } = status;
  if (state === 'open') return { type: 'status', state, transport: status.transport };
  if (state !== 'waiting') return { type: 'status', state };
  const { retryInMs, error } = status;
  return { type: 'status', state, retryInMs: Math.round(retryInMs), ...(error !== null && { error: error.toJSON() }) };
}

function statusText(status: Status, fault: string | null): string | null {
  switch (status.state) {
    case 'open':
      return `connected over ${status.transport}`;
    case 'waiting': {
      const why = status.error?.message ?? fault;
      return `not connected${why === null ? '' : ` (${why})`}; tries again in ${(status.retryInMs / 1000).toFixed(1)} s`;
    }
    case 'idle':
    case 'connecting':
    case 'closed':
      return null;
  }
}
