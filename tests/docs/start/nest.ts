// #region module
import { readFileSync } from 'node:fs';
import { Controller, Get, Header, Module } from '@nestjs/common';
import { RtChannel, RtModule } from '@rt/nest';
import { z } from 'zod';

@RtChannel('lobby', {
  events: { message: z.object({ text: z.string().max(4000) }) },
  subscribe: 'anyone', // nobody unless you say so
  publish: 'anyone',
})
class LobbyChannel {}

@Controller()
class PageController {
  @Get()
  @Header('content-type', 'text/html')
  page() {
    return readFileSync('index.html', 'utf8');
  }
}

@Module({
  imports: [RtModule.forRoot({ path: 'rt' })], // WebSockets too
  controllers: [PageController],
  providers: [LobbyChannel],
})
export class AppModule {}
// #endregion
