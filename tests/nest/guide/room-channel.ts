import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Injectable, UseGuards } from '@nestjs/common';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import type { ChannelHandle, EventSchemas } from '@rt/core';
import type { RtCall, RtMemberChange } from '@rt/nest';
import { OnJoin, RtAuthorize, RtChannel, RtChannelRef, RtMember, RtParam, RtUser } from '@rt/nest';
import { z } from 'zod';

interface User {
  readonly id: string;
}

@Injectable()
export class Rooms {
  readonly visits: string[] = [];

  isOpen(roomId: string): boolean {
    return roomId !== 'attic';
  }
}

@Injectable()
class NotMuted implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return (context.switchToWs().getClient<RtCall>().user as User).id !== 'muted';
  }
}

@RtChannel('room:{roomId}', {
  events: { message: z.object({ text: z.string().max(4000) }) },
  keep: { count: 100, forMs: 3_600_000 },
  presence: z.object({ name: z.string() }),
})
export class RoomChannel {
  readonly rooms: Rooms;

  constructor(rooms: Rooms) {
    this.rooms = rooms;
  }

  @RtAuthorize() // who may subscribe, enter and send: nobody unless you say so
  canRead(@RtUser() user: User | null, @RtParam('roomId') roomId: string) {
    return user !== null && this.rooms.isOpen(roomId);
  }

  @SubscribeMessage('say') // what a client sends: await room.send('say', { text: 'hi' })
  @UseGuards(NotMuted)
  async say(@MessageBody('text') text: string, @RtChannelRef() room: ChannelHandle<EventSchemas>) {
    return { position: await room.publish('message', { text }) };
  }

  @OnJoin()
  joined(@RtMember() member: RtMemberChange) {
    this.rooms.visits.push(member.user);
  }
}
