import type { Environment } from '@rt/client';
import { platform } from '@rt/client';
import { within } from '@rt/testkit';
import { expect, test } from 'vitest';
import type { TestClient } from './ground.ts';
import { ground, transports } from './ground.ts';

/** The platform, and a call after each of its timers. */
function watched(after: () => void): Environment {
  const real = platform();
  const timer = (afterMs: number, run: () => void) =>
    real.timer(afterMs, () => {
      run();
      after();
    });
  return { ...real, timer };
}

/** Resolves when nobody reads the room any more, after having done something in that very turn. */
function leaving(rtOf: () => TestClient, then: () => void) {
  let left = (): void => {};
  const isLeft = new Promise<void>((resolve) => (left = resolve));
  let done = false;
  const environment = watched(() => {
    if (done || rtOf().channel('room:1').status.state !== 'idle') return;
    done = true;
    then();
    left();
  });
  return { environment, isLeft };
}

/** Reads the room from its start, up to a number. */
async function readAll(rt: TestClient, last: number): Promise<readonly number[]> {
  const seen: number[] = [];
  const all = new Promise<void>((resolve) => {
    rt.channel('room:1', { from: 'start' }).on('said', (n) => {
      seen.push(n);
      if (n === last) resolve();
    });
  });
  await within('the last one', all);
  return seen;
}

// RT-CLIENT-16
test.each(transports)('what still comes of a channel that was left is not its place later (%s)', async (transport) => {
  const { client, hub } = await ground();
  // On its way before the server hears that nobody reads any more.
  const published = (): void => void hub().channel('room:1').publish('said', 4);
  const { environment, isLeft } = leaving(() => rt, published);
  const rt = client(transport, { environment });
  for (const n of [1, 2, 3]) await hub().channel('room:1').publish('said', n);
  const stop = rt.channel('room:1', { from: 'start' }).on('said', (n) => n === 3 && stop());
  await within('nobody to read', isLeft);
  await rt.channel('room:1').history();
  expect(await readAll(rt, 4)).toEqual([1, 2, 3, 4]);
});

// RT-CLIENT-16
test.each(transports)(
  'a channel may be left while its connection is being made, and read again (%s)',
  async (transport) => {
    let asked = (): void => {};
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    let admit = (): void => {};
    const admitted = new Promise<void>((resolve) => (admit = resolve));
    const tokens = async () => {
      asked();
      await admitted;
      return { user: { id: 'ada' } };
    };
    const { client, hub } = await ground({ auth: { tokens } });
    for (const n of [1, 2, 3]) await hub().channel('room:1').publish('said', n);
    const { environment, isLeft } = leaving(
      () => rt,
      () => {},
    );
    const rt = client(transport, { environment, token: () => 'a token' });
    const stop = rt.channel('room:1').on('said', () => {});
    await within('the server to be asked who it is', isAsked);
    stop();
    await within('nobody to read', isLeft);
    const reading = readAll(rt, 3);
    admit();
    expect(await reading).toEqual([1, 2, 3]);
  },
);
