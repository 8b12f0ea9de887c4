import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import type { Hub } from '@rt/core';
import { InjectHub } from '@rt/nest';

@Controller()
export class HealthController {
  readonly #hub: Pick<Hub, 'health'>;

  constructor(@InjectHub() hub: Hub) {
    this.#hub = hub;
  }

  @Get('live')
  live(): { live: boolean } {
    return { live: this.#hub.health().live };
  }

  @Get('ready')
  ready(): string {
    const { ready, reason } = this.#hub.health();
    if (!ready) throw new ServiceUnavailableException(reason);
    return 'ready';
  }
}
