import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import type { ChannelHandle } from '@rt/core';
import { RtAuthorize, RtChannel, RtChannelRef, RtParam, RtUser } from '@rt/nest';
import type { Point } from './board-events.ts';
import { cursorEvents, point } from './board-events.ts';
import { boardId as onlyBoard } from './columns.ts';
import { SchemaPipe } from './schema-pipe.ts';
import type { Visitor } from './visitors.ts';

/** Where everybody's pointer is. Handed out twenty times a second at most, however fast the pointers move. */
@RtChannel('cursors:{boardId}', { events: cursorEvents, everyMs: 50 })
export class CursorsChannel {
  @RtAuthorize('subscribe', 'send')
  isOpen(@RtParam('boardId') boardId: string): boolean {
    return boardId === onlyBoard;
  }

  @SubscribeMessage('point')
  async point(
    @MessageBody(new SchemaPipe(point)) at: Point,
    @RtUser() visitor: Visitor | null,
    @RtChannelRef() cursors: ChannelHandle<typeof cursorEvents>,
  ): Promise<void> {
    // The name is the server's word: nobody points under the name of somebody else.
    if (visitor !== null) await cursors.publish('cursor', { ...at, by: { id: visitor.id, name: visitor.name } });
  }
}
