import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Hub } from '@rt/core';
import { InjectHub, RtChannel, RtModule } from '@rt/nest';
import { lobby } from './channels.ts';
import { smoke } from './smoke.ts';

@RtChannel('lobby', lobby)
class LobbyChannel {}

@Injectable()
class Announcer {
  readonly #hub: Hub;

  constructor(@InjectHub() hub: Hub) {
    this.#hub = hub;
  }

  say(text: string): Promise<unknown> {
    return this.#hub.channel('lobby').publish('message', { text });
  }
}

/** Is given the other one by its type: what a compiler writes of decorators is used. */
@Injectable()
class Host {
  readonly announcer: Announcer;

  constructor(announcer: Announcer) {
    this.announcer = announcer;
  }
}

@Module({ imports: [RtModule.forRoot({ path: 'rt' })], providers: [LobbyChannel, Announcer, Host] })
class AppModule {}

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  await app.listen(0, '127.0.0.1');
  const { announcer } = app.get(Host);
  await smoke({
    url: `${await app.getUrl()}/rt`,
    say: (text) => announcer.say(text),
    close: () => app.close(),
  });
}

void main();
