import { UseGuards } from '@nestjs/common';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import type { ChannelHandle } from '@rt/core';
import { RtError } from '@rt/core';
import type { RtMemberChange } from '@rt/nest';
import { OnJoin, RtAuthorize, RtChannel, RtChannelRef, RtMember, RtParam, RtUser } from '@rt/nest';
import { Activity } from './activity.ts';
import type { Change, ChangeAnswer, PlacedCard } from './board-events.ts';
import { boardEvents, change, held } from './board-events.ts';
import { boardId as onlyBoard } from './columns.ts';
import { EditorGuard } from './editor-guard.ts';
import { nameOf } from './person.ts';
import { SchemaPipe } from './schema-pipe.ts';
import type { Visitor } from './visitors.ts';

type Board = ChannelHandle<typeof boardEvents>;

@RtChannel('board:{boardId}', {
  events: boardEvents,
  keep: { newestPer: 'key', count: 400 }, // of each card the newest: whoever comes is told where all are
  presence: held,
})
export class BoardChannel {
  readonly #activity: Activity;

  constructor(activity: Activity) {
    this.#activity = activity;
  }

  @RtAuthorize('subscribe')
  mayRead(@RtParam('boardId') boardId: string): boolean {
    return boardId === onlyBoard;
  }

  @RtAuthorize('enter', 'send')
  isSomebody(@RtUser() visitor: Visitor | null, @RtParam('boardId') boardId: string): boolean {
    return visitor !== null && boardId === onlyBoard;
  }

  @SubscribeMessage('put')
  @UseGuards(EditorGuard)
  async put(
    @MessageBody(new SchemaPipe(change)) { key: ownKey, seen, card }: Change,
    @RtUser() { id, name }: Visitor,
    @RtChannelRef() board: Board,
  ): Promise<ChangeAnswer> {
    const key = `${id} ${ownKey}`; // nobody can take another's
    const placed = { ...card, by: { id, name }, atMs: Date.now() };
    try {
      // Only if nobody has put this card anywhere since the page has seen it.
      const position = await board.publish('card', placed, { key, ifPosition: seen });
      await this.#activity.put(board.params['boardId'] as string, placed, key);
      return { type: 'made', position };
    } catch (error) {
      if (!(error instanceof RtError) || error.conflict === null) throw error;
      const { position, newest } = error.conflict;
      return { type: 'conflict', position, newest: (newest?.data as PlacedCard | undefined) ?? null };
    }
  }

  @OnJoin()
  async came(@RtMember() { user }: RtMemberChange, @RtParam('boardId') boardId: string): Promise<void> {
    await this.#activity.came(boardId, { id: user, name: nameOf(user) });
  }
}
