import { Body, Controller, Get, Param, Post, UseGuards } from '@nestjs/common';
import type { Hub } from '@rt/core';
import { InjectHub, RtPublish } from '@rt/nest';
import { AuthGuard } from './auth-guard.ts';

class MessageDto {
  text!: string;
  roomId!: string;
}

@UseGuards(AuthGuard)
@Controller('rooms/:roomId')
export class RoomsController {
  readonly hub: Hub;

  constructor(@InjectHub() hub: Hub) {
    this.hub = hub;
  }

  @Post('notices')
  async notice(@Param('roomId') roomId: string, @Body() body: { text: string }) {
    const position = await this.hub.channel(`room:${roomId}`).publish('message', body);
    return { position };
  }

  @Post('messages')
  @RtPublish((said: MessageDto) => ({ channel: `room:${said.roomId}`, event: 'message', data: said }))
  say(@Param('roomId') roomId: string, @Body() { text }: MessageDto) {
    return { roomId, text };
  }

  @Get('members')
  async members(@Param('roomId') roomId: string) {
    return this.hub.channel(`room:${roomId}`).members();
  }
}
