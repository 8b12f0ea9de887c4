import { RtError } from '@rt/client';
import type { Card, Change, ChangeAnswer, PlacedCard } from '../board-events.ts';
import { columnName } from '../columns.ts';
import type { Cards, Note } from './cards.ts';

export interface ChangesOptions {
  readonly cards: Cards;
  /** Asks the server. @throws RtError */
  readonly ask: (change: Change) => Promise<ChangeAnswer>;
  readonly isLive: () => boolean;
  readonly onChange: () => void;
  /** Something came otherwise than it was wanted. */
  readonly onNote: (id: string, note: Note) => void;
}

/** A change on its way, with what a new card is called if its number is taken. */
interface Waiting extends Change {
  readonly isNew: boolean;
}

/** The changes of this page, one after the other for each card. They wait where there is no connection. */
export class Changes {
  readonly #options: ChangesOptions;
  readonly #waiting = new Map<string, Waiting>();
  readonly #underWay = new Set<string>();
  conflicts = 0;

  constructor(options: ChangesOptions) {
    this.#options = options;
  }

  /** @param seen how far the board was read when this person made up their mind */
  put(card: Card, seen: string, isNew = false): void {
    this.#options.cards.want(card);
    this.#waiting.set(card.id, { key: newKey(), seen, card, isNew });
    void this.#send(card.id);
  }

  /** The connection is there: sends what has waited for it. */
  resume(): void {
    for (const id of this.#waiting.keys()) void this.#send(id);
  }

  async #send(id: string): Promise<void> {
    const { ask, isLive, onChange } = this.#options;
    const change = this.#waiting.get(id);
    onChange();
    if (change === undefined || this.#underWay.has(id) || !isLive()) return;
    this.#underWay.add(id);
    try {
      const { key, seen, card } = change;
      this.#answered(change, await ask({ key, seen, card }));
    } catch (error) {
      // Sent again with the same key it is made once, whether or not it had arrived.
      const isLost = error instanceof RtError && (error.retryable || error.code === 'connection_lost');
      if (!isLost)
        this.#give(id, { type: 'refused', text: `Not ${change.isNew ? 'added' : 'moved'}. ${reason(error)}` });
    }
    this.#underWay.delete(id);
    onChange();
    if (this.#waiting.has(id) && isLive()) setTimeout(() => void this.#send(id), 100);
  }

  #answered(change: Waiting, answer: ChangeAnswer): void {
    const { cards } = this.#options;
    const { id } = change.card;
    const latest = this.#waiting.get(id);
    if (answer.type === 'made') {
      if (latest === change) {
        this.#waiting.delete(id);
        cards.made(id, answer.position);
      } else if (latest !== undefined) {
        // It was moved on meanwhile, by the same hand.
        this.#waiting.set(id, { ...latest, seen: answer.position });
      }
      return;
    }
    this.conflicts += 1;
    if (change.isNew) return this.#renumber(change, answer.position);
    this.#give(id, { type: 'conflict', text: explain(change.card, answer.newest) });
  }

  /** Somebody else has given a card this number at the same time. */
  #renumber({ card }: Waiting, seen: string): void {
    this.#waiting.delete(card.id);
    this.#options.cards.failed(card.id, null);
    const id = `LF-${Math.max(this.#options.cards.nextNumber, Number(/\d+$/.exec(card.id)?.[0]) + 1)}`;
    this.put({ ...card, id, code: id }, seen, true);
  }

  #give(id: string, note: Note): void {
    this.#waiting.delete(id);
    this.#options.cards.failed(id, note);
    this.#options.onNote(id, note);
  }
}

function explain(wanted: Card, newest: PlacedCard | null): string {
  if (newest === null) return 'Somebody else changed this card first.';
  const { by, column } = newest;
  const where = column === wanted.column ? 'within this column' : `to ${columnName(column)}`;
  return `${by.name} moved it ${where} first.`;
}

/** What an error says, without its code. */
function reason(error: unknown): string {
  if (error instanceof RtError) return error.message.replace(`${error.code}: `, '');
  return 'The server did not say why.';
}

function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(3)), (part) => part.toString(36)).join('');
}
