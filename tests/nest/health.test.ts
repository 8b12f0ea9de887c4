import { RT_HUB, RtModule } from '@rt/nest';
import type { Hub } from '@rt/core';
import { defineChannels } from '@rt/core';
import { expect, onTestFinished, test } from 'vitest';
import { HealthController } from './health-controller.ts';
import { listeningApp, nestApp, platforms } from './mounts/platforms.ts';

test.each(platforms)(
  'the guide’s controller says on %s whether the app lives, and whether it is ready',
  async (platform) => {
    const app = await nestApp(platform, {
      imports: [RtModule.forRoot({ channels: defineChannels({}) })],
      controllers: [HealthController],
    });
    const { port, close } = await listeningApp(app);
    onTestFinished(close);
    const ask = async (path: string): Promise<number> => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
    expect([await ask('/live'), await ask('/ready')]).toEqual([200, 200]);
    await app.get<Hub>(RT_HUB).close({ withinMs: 100 });
    expect([await ask('/live'), await ask('/ready')]).toEqual([200, 503]);
  },
);
