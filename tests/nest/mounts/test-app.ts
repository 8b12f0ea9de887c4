import type { INestApplicationContext, ModuleMetadata } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { Channels, EventsByPattern } from '@rt/core';
import type { CreateHub, RtModuleOptions } from '@rt/nest';
import { RT_CREATE_HUB, RtModule } from '@rt/nest';
import type { TestHub } from '@rt/testkit';
import { createTestHub } from '@rt/testkit';

/** An app whose hub is one for tests: clients without a network, and time that passes when the test says so. */
export async function testApp(
  metadata: ModuleMetadata,
  options?: RtModuleOptions,
): Promise<{ readonly app: INestApplicationContext; readonly rt: TestHub<EventsByPattern>; close(): Promise<void> }> {
  let rt: TestHub<EventsByPattern> | undefined;
  const create: CreateHub = (made) => {
    rt = createTestHub<EventsByPattern>({ ...made, observe: () => {} } as { channels: Channels<EventsByPattern> });
    return rt.hub;
  };
  const imports = metadata.imports ?? [RtModule.forRoot({ ...options })];
  const module = await Test.createTestingModule({ ...metadata, imports })
    .overrideProvider(RT_CREATE_HUB)
    .useValue(create)
    .compile();
  module.useLogger(false);
  const app = await module.init();
  const close = async (): Promise<void> => {
    await rt?.close();
    await app.close();
  };
  return { app, rt: rt as TestHub<EventsByPattern>, close };
}
