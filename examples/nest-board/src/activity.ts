import { Injectable } from '@nestjs/common';
import type { Hub } from '@rt/core';
import { InjectHub, RtAuthorize, RtChannel, RtParam } from '@rt/nest';
import type { PlacedCard } from './board-events.ts';
import { activityEvents } from './board-events.ts';
import type { ColumnId } from './columns.ts';
import { boardId as onlyBoard } from './columns.ts';

type Person = PlacedCard['by'];

/** What has happened on a board: a log, where the board is a state. */
@RtChannel('activity:{boardId}', { events: activityEvents, keep: { count: 200, forMs: 86_400_000 } })
export class ActivityChannel {
  @RtAuthorize('subscribe')
  mayRead(@RtParam('boardId') boardId: string): boolean {
    return boardId === onlyBoard;
  }
}

/** Writes down what happens. */
@Injectable()
export class Activity {
  readonly #hub: Hub;
  /** In which column each card was, to tell where it came from. */
  readonly #columns = new Map<string, ColumnId>();

  constructor(@InjectHub() hub: Hub) {
    this.#hub = hub;
  }

  /** Takes a card for granted: nobody is told. */
  begin({ id, column }: PlacedCard): void {
    this.#columns.set(id, column);
  }

  /** @param key the same for each repetition of one change: it is written down once */
  async put(boardId: string, { id, title, column, by, atMs }: PlacedCard, key: string): Promise<void> {
    const from = this.#columns.get(id);
    this.#columns.set(id, column);
    const what = { card: id, title, to: column, by, atMs };
    const activity = this.#hub.channel(`activity:${boardId}`);
    if (from === undefined) await activity.publish('added', what, { key });
    else await activity.publish('moved', { ...what, from }, { key });
  }

  async came(boardId: string, by: Person): Promise<void> {
    await this.#hub.channel(`activity:${boardId}`).publish('came', { by, atMs: Date.now() });
  }
}
