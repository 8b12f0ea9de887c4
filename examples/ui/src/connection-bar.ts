import type { ConnectionState } from './connection-state.ts';
import type { Resumption } from './connection-words.ts';
import { words } from './connection-words.ts';
import { element, setText } from './parts.ts';

/**
 * Shows the connection in the bar: its words in `#status`, on `#cut` what the button does, and its name on `<main>`.
 *
 * @param resumption What is worth saying about the last reconnect for now, if anything.
 */
export function showConnection(state: ConnectionState, resumption: Resumption | null, nowMs: number): void {
  const main = element('main');
  const status = element('#status');
  // A countdown is read out once, not every second.
  status.ariaBusy = String(main.dataset['state'] === state.name && state.name === 'reconnecting');
  main.dataset['state'] = state.name;
  status.dataset['state'] = state.name;
  setText(status, words(state, resumption, nowMs));
  const isThere = state.name === 'live' || state.name === 'connecting';
  setText(element('#cut'), isThere ? 'Cut the connection' : 'Reconnect now');
}
