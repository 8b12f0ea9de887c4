import type { PresenceEvent } from '@rt/core';
import type { Gates } from './gates.ts';
import type { Journal } from './journal.ts';
import type { Occurrence, PresenceLedger } from './presence-ledger.ts';

interface HookWorld {
  readonly gates: Gates;
  readonly journal: Journal;
  readonly closing: () => boolean;
}

/** A listener of `hub.onPresence`: it is told what the store has told, in order and at least once, and fails at times. */
export class HookRecord {
  readonly #ledger: PresenceLedger;
  readonly #gates: Gates;
  readonly #journal: Journal;
  readonly #closing: () => boolean;
  /** How many different events it has been told. */
  #told = 0;
  #last: { readonly event: string; failed: boolean } | null = null;
  #busy = false;

  /** @param closing Whether the hub is closing: then nothing is told again. */
  constructor(ledger: PresenceLedger, { gates, journal, closing }: HookWorld) {
    this.#ledger = ledger;
    this.#gates = gates;
    this.#journal = journal;
    this.#closing = closing;
  }

  async take(event: PresenceEvent): Promise<void> {
    if (this.#busy) this.#journal.fail('a listener was told of an event before it had taken the one before it');
    this.#busy = true;
    const again = this.#last?.failed === true && this.#last.event === shown(event);
    if (!again && this.#last?.failed === true && !this.#closing()) {
      this.#journal.fail(`a listener could not take ${this.#last.event}, and was not told it again`);
    }
    if (!again) this.#next(shown(event));
    const last = { event: shown(event), failed: true };
    this.#last = last;
    try {
      await this.#gates.pass('listener');
      last.failed = false;
    } finally {
      this.#busy = false;
    }
  }

  /** What it was never told, or `null`. */
  missing(): string | null {
    const missing = this.#events()[this.#told];
    return missing === undefined ? null : `its listener was never told ${missing}`;
  }

  #next(event: string): void {
    const expected = this.#events()[this.#told];
    this.#told += 1;
    if (event !== expected) this.#journal.fail(`a listener was told ${event}, and what comes next is ${expected}`);
  }

  #events(): readonly string[] {
    return this.#ledger.occurrences.filter(({ type }) => type !== 'updated').map((one) => shown(eventOf(one)));
  }
}

function eventOf({ place, type, user, state, sequence }: Occurrence): Exclude<PresenceEvent, { type: 'missed' }> {
  const comes = type === 'joined';
  if (place === 'rt.online') return { type: comes ? 'online' : 'offline', user, sequence };
  if (place === 'rt.occupied') return { type: comes ? 'occupied' : 'vacated', channel: user, sequence };
  return { type: comes ? 'joined' : 'left', channel: place, user, state: JSON.parse(state) as unknown, sequence };
}

function shown(event: PresenceEvent): string {
  const { type, sequence, channel, user, state } = { sequence: 0, channel: '', user: '', state: null, ...event };
  return JSON.stringify([type, sequence, channel, user, state]);
}
