import { within } from '@rt/testkit';
import { describe, expect, test } from 'vitest';
import { ground, transports } from './ground.ts';

describe.each(transports)('a client over %s', (transport) => {
  test('comes back to its place: nothing is lost and nothing comes twice', async () => {
    const { client, hub, proxy } = await ground();
    const rt = client(transport);
    const room = rt.channel('room:1');
    const seen: number[] = [];
    let wake = (): void => {};
    room.on('said', (data) => {
      seen.push(data);
      wake();
    });
    const until = async (count: number): Promise<void> => {
      while (seen.length < count) {
        await within(`${count} publications, after ${seen.length}`, new Promise<void>((resolve) => (wake = resolve)));
      }
    };
    const live = new Promise<void>((resolve) => {
      room.subscribe(() => room.status.state === 'live' && resolve());
    });
    await within('the subscription', live);
    let next = 0;
    for (let cut = 0; cut < 5; cut += 1) {
      for (let n = 0; n < 10; n += 1)
        await hub()
          .channel('room:1')
          .publish('said', (next += 1));
      await until(next - 5);
      proxy.cut();
      for (let n = 0; n < 10; n += 1)
        await hub()
          .channel('room:1')
          .publish('said', (next += 1));
      proxy.mend();
    }
    await until(next);
    expect(seen).toEqual(Array.from({ length: next }, (_, n) => n + 1));
  });
});
