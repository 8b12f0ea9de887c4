import type { OnApplicationBootstrap } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import type { Hub } from '@rt/core';
import { InjectHub } from '@rt/nest';
import { Activity } from './activity.ts';
import type { PlacedCard } from './board-events.ts';
import type { ColumnId } from './columns.ts';
import { boardId } from './columns.ts';

const cards: readonly (readonly [column: ColumnId, number: number, area: string, title: string])[] = [
  ['next', 231, 'Tickets', 'Refund a return ticket in two parts'],
  ['next', 228, 'Timetable', 'Late boat on Fridays from April'],
  ['next', 219, 'Crew', 'Hand-over notes follow the vessel, not the shift'],
  ['next', 205, 'Tickets', 'Bicycles count towards the deck limit'],
  ['doing', 214, 'Tickets', 'Season passes scan offline at the pier'],
  ['doing', 222, 'Timetable', 'Show tide restrictions next to departures'],
  ['doing', 230, 'Payments', 'Retry card payments that the bank leaves open'],
  ['review', 217, 'Crew', 'Roster warns about less than eleven hours of rest'],
  ['review', 211, 'Timetable', 'Cancelled sailings reach the pier displays'],
  ['done', 198, 'Payments', 'Receipts name the harbour that was paid for'],
  ['done', 203, 'Tickets', 'Group bookings keep their seats together'],
];

/** The spring release of a ferry line, as it stands when the process begins. */
@Injectable()
export class FirstCards implements OnApplicationBootstrap {
  readonly #hub: Hub;
  readonly #activity: Activity;

  constructor(@InjectHub() hub: Hub, activity: Activity) {
    this.#hub = hub;
    this.#activity = activity;
  }

  async onApplicationBootstrap(): Promise<void> {
    const atMs = Date.now() - 3_600_000;
    for (const [index, [column, number, area, title]] of cards.entries()) {
      const code = `LF-${number}`;
      const by = { id: 'plan', name: 'Ruth' };
      const placed: PlacedCard = { id: code, code, title, area, column, rank: index + 1, by, atMs };
      this.#activity.begin(placed);
      await this.#hub.channel(`board:${boardId}`).publish('card', placed);
    }
  }
}
