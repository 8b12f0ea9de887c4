import type { Environment, PipeEvents, Sign, Transport } from '@rt/client';
import { createClient, platform } from '@rt/client';
import { within } from '@rt/testkit';
import { describe, expect, test } from 'vitest';
import type { TestClient } from './ground.ts';
import { fast, ground, transports } from './ground.ts';

async function reached(client: TestClient, wanted: string): Promise<void> {
  await within(
    `the state ${wanted}, after ${JSON.stringify(client.status)}`,
    new Promise<void>((resolve) => {
      const look = (): void => void (client.status.state === wanted && resolve());
      client.subscribe(look);
      look();
    }),
  );
}

describe.each(transports)('the connection of a client over %s', (transport) => {
  test('is idle until somebody needs it, and closed for good', async () => {
    const { client } = await ground();
    const rt = client(transport);
    expect(rt.status).toEqual({ state: 'idle' });
    const stop = rt.channel('room:1').on('said', () => {});
    await reached(rt, 'open');
    expect(rt.status).toEqual({ state: 'open', transport });
    stop();
    rt.close();
    expect(rt.status).toEqual({ state: 'closed', error: null });
    await expect(rt.channel('room:1').publish('said', 1)).rejects.toMatchObject({ code: 'client_closed' });
  });

  test('a road that is dead without a word is noticed, and left', async () => {
    const { client, proxy, hub } = await ground();
    const rt = client(transport, { environment: fast(20) });
    const room = rt.channel('room:1');
    const seen: number[] = [];
    const missed = new Promise<void>((resolve) => {
      room.on('said', (data) => {
        seen.push(data);
        resolve();
      });
    });
    await reached(rt, 'open');
    proxy.stall();
    await hub().channel('room:1').publish('said', 1);
    await reached(rt, 'waiting');
    proxy.mend();
    await reached(rt, 'open');
    await within('what was missed', missed);
    expect(seen).toEqual([1]);
  });

  test('a server that says goodbye is left, and the next one found', async () => {
    const { client, restart } = await ground();
    const rt = client(transport);
    rt.channel('room:1').on('said', () => {});
    await reached(rt, 'open');
    const waited = reached(rt, 'waiting');
    await restart();
    await waited;
    await reached(rt, 'open');
  });

  test('a session that was ended for good does not come back', async () => {
    const { client, hub } = await ground();
    const rt = client(transport);
    rt.channel('room:1').on('said', () => {});
    await reached(rt, 'open');
    void hub().disconnect({ user: 'anonymous' });
    await reached(rt, 'closed');
    expect(rt.status).toMatchObject({ error: { code: 'disconnected' } });
  });
});

/** A client whose transport and platform are the test's own. */
function staged() {
  let sign: (sign: Sign) => void = () => {};
  const pipes: PipeEvents[] = [];
  const timers: { readonly ms: number; readonly run: () => void }[] = [];
  const transport: Transport = {
    name: 'sse',
    open(_request, events) {
      pipes.push(events);
      return { send() {}, named() {}, last() {}, close: () => events.ended({ type: 'lost' }) };
    },
  };
  const environment: Environment = {
    ...platform(),
    watch(listener) {
      sign = listener;
      return () => {};
    },
    timer(ms, run) {
      timers.push({ ms, run });
      return () => {};
    },
  };
  const client = createClient('http://localhost/rt', { transport, environment });
  client.connect();
  return {
    client,
    pipes,
    timers,
    sign: (given: Sign) => sign(given),
    async opened(count: number): Promise<void> {
      while (pipes.length < count) await within(`pipe ${count}`, new Promise((resolve) => setImmediate(resolve)));
    },
  };
}

// RT-CLIENT-14
test('an attempt that began without a network is begun anew when there is one', async () => {
  const { client, pipes, sign, opened } = staged();
  await opened(1);
  sign('online');
  await opened(2);
  // What becomes of the first does not count any more.
  pipes[0]?.ended({ type: 'lost' });
  expect(client.status).toEqual({ state: 'connecting' });
  // Somebody who looks at the page does not hurry what is under way.
  sign('visible');
  await new Promise((resolve) => setImmediate(resolve));
  expect(pipes).toHaveLength(2);
  client.close();
});

// RT-CLIENT-14
test('a network that was found a moment ago and carries nothing yet is tried again soon', async () => {
  const { client, pipes, timers, sign, opened } = staged();
  await opened(1);
  pipes[0]?.ended({ type: 'lost' });
  expect(client.status).toMatchObject({ state: 'waiting' });
  sign('online');
  await opened(2);
  pipes[1]?.ended({ type: 'lost' });
  expect(client.status).toMatchObject({ state: 'waiting' });
  timers.find(({ ms }) => ms === 1000)?.run();
  await opened(3);
  client.close();
});
