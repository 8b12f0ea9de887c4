import { Module } from '@nestjs/common';
import type { Hub } from '@rt/core';
import { InjectHub, RtChannel, RtModule } from '@rt/nest';
import { z } from 'zod';

@RtChannel('clock', { events: { tick: z.string() }, subscribe: 'anyone' })
class ClockChannel {}

@Module({
  imports: [RtModule.forRoot({ path: 'rt', user: () => null })], // who asks: whom your guards have found
  providers: [ClockChannel],
})
export class AppModule {
  constructor(@InjectHub() hub: Hub) {
    setInterval(() => void hub.channel('clock').publish('tick', new Date().toISOString()), 1000);
  }
}
