import { Module } from '@nestjs/common';
import { RtModule } from '@rt/nest';
import { AuthGuard } from './auth-guard.ts';
import { RoomChannel, Rooms } from './room-channel.ts';
import { RoomsController } from './rooms-controller.ts';

@Module({
  imports: [
    RtModule.forRoot({
      path: 'rt',
      guards: [AuthGuard], // for pages, streams, polls, POST and WebSocket upgrades alike
    }),
  ],
  controllers: [RoomsController],
  providers: [RoomChannel, Rooms],
})
export class AppModule {}
