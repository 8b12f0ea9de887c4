import { RtError } from '@rt/client';
import { within } from '@rt/testkit';
import { describe, expect, test } from 'vitest';
import { ground, transports } from './ground.ts';

describe.each([...transports, 'poll' as const])('a client over %s', (transport) => {
  test('publishes, is refused with the reason, asks, and reads what is kept', async () => {
    const { client, hub } = await ground();
    const rt = client(transport);
    const room = rt.channel('room:1');
    const position = await room.publish('said', 1);
    expect(position).toMatch(/^\w+\.1$/);
    await expect(room.publish('counted', { n: 1 })).rejects.toMatchObject({ code: 'publish_denied', retryable: false });
    await expect(room.publish('said', 'one' as never)).rejects.toBeInstanceOf(RtError);
    hub().on('room:{id}', 'double', ({ data }) => Number(data) * 2);
    hub().on('room:{id}', 'reverse', ({ data }) => (data as Uint8Array).toReversed());
    expect(await room.send('double', 21)).toBe(42);
    expect(await room.send('reverse', new Uint8Array([1, 2, 255]))).toEqual(new Uint8Array([255, 2, 1]));
    await expect(room.send('nothing', 1)).rejects.toMatchObject({ code: 'handler_unknown' });
    await room.publish('drawn', new Uint8Array([0, 127, 255]));
    const { publications, gap } = await room.history();
    expect(publications.map(({ event, data }) => [event, data])).toEqual([
      ['said', 1],
      ['drawn', new Uint8Array([0, 127, 255])],
    ]);
    expect(gap).toBeNull();
  });
});

describe.each(transports)('a client over %s', (transport) => {
  // RT-SESSION-7
  test('stores once what is published twice with one key, and says to both where', async () => {
    const { client, hub } = await ground();
    const rt = client(transport);
    const publish = (name: 'room:1' | 'room:2', n: number) => rt.channel(name).publish('said', n, { key: 'one' });
    // There is no connection yet: none of them is on its way before the last is published.
    const published = [publish('room:1', 1), rt.channel('room:1').publish('said', 2), publish('room:1', 1)];
    published.push(publish('room:2', 3));
    const [first, between, again, elsewhere] = await within('all to be stored', Promise.all(published));
    expect([first, between].map((position) => position?.split('.')[1])).toEqual(['1', '2']);
    expect(again).toBe(first);
    expect(elsewhere).toMatch(/^\w+\.1$/);
    const { publications } = await hub().channel('room:1').history();
    expect(publications.map(({ data }) => data)).toEqual([1, 2]);
  });

  test('stores in order and once what it has published while the road was cut', async () => {
    const { client, hub, proxy } = await ground();
    const room = client(transport).channel('room:1');
    const stored: Promise<string | null>[] = [];
    await room.publish('said', 0);
    for (let n = 1; n <= 60; n += 1) {
      stored.push(room.publish('said', n));
      if (n % 20 === 10) proxy.cut();
      if (n % 20 === 0) {
        proxy.mend();
        await within('a publication', stored[n - 1] ?? Promise.resolve(null));
      }
    }
    const positions = await within('all of them', Promise.all(stored));
    const { publications } = await hub().channel('room:1').history({ last: 100 });
    expect(publications.map(({ data }) => data)).toEqual(Array.from({ length: 61 }, (_, n) => n));
    expect(positions).toEqual(publications.slice(1).map(({ position }) => position));
  });

  test('shows at once what it publishes, and takes it away in the moment in which it comes', async () => {
    const { client, proxy } = await ground();
    const room = client(transport).channel('room:1');
    const shown: string[] = [];
    const seen: number[] = [];
    const look = (): void => {
      shown.push(
        `${seen.join(' ')} | ${room.pending
          .getSnapshot()
          .map(({ data }) => JSON.stringify(data))
          .join(' ')}`,
      );
    };
    room.pending.subscribe(look);
    room.on('said', (data) => {
      seen.push(data);
      look();
    });
    await room.publish('said', 1, { optimistic: true });
    proxy.cut();
    const second = room.publish('said', 2, { optimistic: true });
    const refused = room.publish('counted', { n: 3 }, { optimistic: true });
    proxy.mend();
    await within('the second', second);
    await expect(refused).rejects.toMatchObject({ code: 'publish_denied' });
    await within(
      'its coming back',
      new Promise<void>((resolve) => {
        const done = (): void => void (seen.includes(2) && resolve());
        room.pending.subscribe(done);
        room.on('said', done);
        done();
      }),
    );
    // Never both, and never neither.
    expect(shown.filter((one) => /1.*\| .*1|2.*\| .*2/.test(one))).toEqual([]);
    const [left] = room.pending.getSnapshot();
    expect(left).toMatchObject({ event: 'counted', data: { n: 3 }, error: { code: 'publish_denied' } });
    left?.dismiss();
    expect(room.pending.getSnapshot()).toEqual([]);
  });

  test('keeps to the pace that the server has named, and so to the order', async () => {
    const rates = { commandsPerSecond: 1000, publishesPerSecond: 200, burst: 20 };
    const { client, hub } = await ground({ limits: { rates } });
    const room = client(transport).channel('room:1');
    const numbers = Array.from({ length: 80 }, (_, n) => n);
    const positions = await within('all of them', Promise.all(numbers.map((n) => room.publish('said', n))));
    const { publications } = await hub().channel('room:1').history({ last: 100 });
    expect(publications.map(({ data }) => data)).toEqual(numbers);
    expect(positions).toEqual(publications.map(({ position }) => position));
  });

  test('posts no more at once than the server takes', async () => {
    const { client, hub } = await ground({ limits: { rates: false, maxFrameBytes: 2000 } });
    const room = client(transport).channel('room:1');
    const numbers = Array.from({ length: 100 }, (_, n) => n);
    await within('all of them', Promise.all(numbers.map((n) => room.publish('said', n))));
    const { publications } = await hub().channel('room:1').history({ last: 200 });
    expect(publications.map(({ data }) => data)).toEqual(numbers);
  });
});
