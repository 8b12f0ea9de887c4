import { Global, Module } from '@nestjs/common';
import { RtModule } from '@rt/nest';
import { Activity, ActivityChannel } from './activity.ts';
import { BoardChannel } from './board-channel.ts';
import { CursorsChannel } from './cursors-channel.ts';
import { FirstCards } from './first-cards.ts';
import { MeController } from './me-controller.ts';
import { VisitorGuard } from './visitor-guard.ts';
import { Visitors } from './visitors.ts';

@Global() // the guard of the hub's route asks for it
@Module({ providers: [Visitors], exports: [Visitors] })
class VisitorsModule {}

@Module({
  imports: [VisitorsModule, RtModule.forRoot({ path: 'rt', guards: [VisitorGuard], close: { withinMs: 4000 } })],
  controllers: [MeController],
  providers: [BoardChannel, CursorsChannel, ActivityChannel, Activity, FirstCards],
})
export class AppModule {}
