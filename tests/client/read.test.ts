import { fromResponse, GapError } from '@rt/client';
import { within } from '@rt/testkit';
import { describe, expect, test } from 'vitest';
import { ground, transports } from './ground.ts';

describe.each(transports)('reading over %s', (transport) => {
  test('from the start, at the reader’s own speed, each once, through cuts', async () => {
    const { client, hub, proxy } = await ground();
    const room = client(transport).channel('room:1');
    for (let n = 1; n <= 250; n += 1) await hub().channel('room:1').publish('said', n);
    const read: unknown[] = [];
    const reading = (async () => {
      for await (const { data } of room.read({ from: 'start' })) {
        read.push(data);
        if (read.length === 100 || read.length === 1400) {
          proxy.cut();
          proxy.mend();
        }
        // More comes than is held for one who is slow.
        if (read.length === 200) {
          for (let n = 251; n <= 1500; n += 1) await hub().channel('room:1').publish('said', n);
        }
        if (read.length === 1500) return;
      }
    })();
    await within('all', reading);
    expect(read).toEqual(Array.from({ length: 1500 }, (_, n) => n + 1));
  });

  test('fails where publications are missing, with the reason', async () => {
    const { client, hub } = await ground();
    const position = await hub().channel('room:1').publish('said', 1);
    const read = client(transport)
      .channel('room:1')
      .read({ from: { after: position.replace('.1', '.9') } });
    await expect(read.next()).rejects.toThrow(GapError);
  });

  test('ends when its reader does', async () => {
    const { client, hub } = await ground();
    const rt = client(transport);
    await hub().channel('room:1').publish('said', 1);
    for await (const { data } of rt.channel('room:1').read({ from: { last: 1 } })) {
      expect(data).toBe(1);
      break;
    }
    const { status } = rt.channel('room:1');
    expect(status.state).not.toBe('denied');
  });

  test('ends at once when it is told to, also while it waits', async () => {
    const { client, hub } = await ground();
    await hub().channel('room:1').publish('said', 1);
    const room = client(transport).channel('room:1');
    const reading = room.read({ from: 'start' });
    expect((await within('the first', reading.next())).value).toMatchObject({ data: 1 });
    const next = reading.next();
    await within('its end', reading.return?.() ?? Promise.reject(new Error('it cannot be ended')));
    expect(await next).toEqual({ done: true, value: undefined });
    // One that has just begun.
    const other = room.read();
    const first = other.next();
    await within('its end', Promise.all([first, other.return?.()]));
  });
});

describe.each(transports)('state over %s', (transport) => {
  test('is read with its position, followed from there, and read again after a gap', async () => {
    const { client, hub, restart } = await ground();
    let sum = 0;
    const add = async (n: number): Promise<void> => {
      sum += n;
      await hub().channel('room:1').publish('said', n);
    };
    await add(1);
    await add(2);
    const load = async () => {
      const { state, position } = await hub()
        .channel('room:1')
        .withPosition(() => sum);
      return fromResponse<number>(new Response(JSON.stringify(state), { headers: { 'rt-position': position } }));
    };
    const room = client(transport).channel('room:1', { state: load });
    let shown = Number.NaN;
    let wake = (): void => {};
    room.onState((state) => {
      shown = state;
      wake();
    });
    room.on('said', (data) => {
      shown += data;
      wake();
    });
    const until = async (wanted: number): Promise<void> => {
      while (shown !== wanted)
        await within(`${wanted}, after ${shown}`, new Promise<void>((resolve) => (wake = resolve)));
    };
    await until(3);
    await add(4);
    await until(7);
    const gaps: string[] = [];
    room.onGap(({ reason }) => gaps.push(reason));
    await restart();
    await add(10);
    await until(17);
    await add(5);
    await until(22);
    expect(gaps).toEqual(['epoch_changed']);
  });
});
