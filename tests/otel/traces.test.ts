import { createServer } from 'node:http';
import type { Span } from '@opentelemetry/api';
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { createClient, pollEvery, sse, websocket } from '@rt/client';
import type { Publication, Transport } from '@rt/client';
import { channel, createHub, createPublisher, defineChannels, ephemeral } from '@rt/core';
import { attach, realtime } from '@rt/node';
import { instrument, traceparent } from '@rt/otel';
import { redisBroker } from '@rt/redis';
import { createVirtualClock, within } from '@rt/testkit';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { listening } from '../support/listen.ts';
import { clients } from '../support/redis-clients.ts';
import { RedisServer } from '../support/redis-server.ts';
import { closeUnder, settle } from '../support/settle.ts';
import { SimulatedSession } from '../support/simulated-session.ts';

const provider = new TracerProvider();
const tracer = provider.getTracer('tests');
const manager = new AsyncLocalStorageContextManager();

beforeAll(() => {
  context.setGlobalContextManager(manager.enable());
});

afterAll(async () => {
  context.disable();
  await provider.shutdown();
});

let release = (): void => {};
/** Takes its time, and then goes on in whatever span that is. */
const slowText = z.string().refine(async () => {
  await new Promise<void>((resolve) => (release = resolve));
  return true;
});

const channels = defineChannels({
  room: channel({
    events: { said: z.unknown(), typing: ephemeral(z.string()), slowly: slowText },
    subscribe: 'anyone',
    publish: 'anyone',
  }),
});

type TestHub = ReturnType<typeof hubOf>;

function hubOf(broker?: Parameters<typeof createHub>[0]['broker']) {
  const hub = createHub({ channels, ...(broker && { broker }) });
  onTestFinished(() => hub.close({ withinMs: 0 }));
  return hub;
}

/** Runs within a span, and returns what it says of itself. */
async function inSpan(run: (span: Span) => unknown): Promise<string> {
  return tracer.startActiveSpan('publish', async (span) => {
    await run(span);
    span.end();
    const { traceId, spanId } = span.spanContext();
    return `00-${traceId}-${spanId}-01`;
  });
}

async function served(hub: TestHub): Promise<string> {
  const rt = realtime(hub, { user: () => null });
  const server = createServer((request, response) => void rt(request, response));
  attach(server);
  const { port, close } = await listening(server);
  onTestFinished(async () => {
    await hub.close({ withinMs: 0 });
    await close();
  });
  return `http://127.0.0.1:${port}/rt`;
}

/** A client that reads from the start, and what comes to it. */
function reading(url: string, transport: Transport): (count: number) => Promise<readonly Publication[]> {
  const client = createClient<typeof channels>(url, { transport });
  const publications: Publication[] = [];
  let changed = (): void => {};
  client.channel('room', { from: 'start' }).onAny((publication) => {
    publications.push(publication);
    changed();
  });
  onTestFinished(() => client.close());
  return async (count) => {
    while (publications.length < count) {
      const next = new Promise<void>((resolve) => (changed = resolve));
      await within(`${count} publications`, next);
    }
    return publications;
  };
}

describe('a publication', () => {
  // RT-TRACE-1
  test.each([
    ['websocket', websocket],
    ['sse', sse],
    ['poll', pollEvery(50)],
  ])('carries the trace of its span to clients over %s, and to pages', async (_name, transport) => {
    const hub = hubOf();
    instrument(hub, { traces: true });
    const url = await served(hub);
    const read = reading(url, transport);
    const first = await inSpan(() => hub.channel('room').publish('said', { text: 'x' }));
    const second = await inSpan(() => hub.channel('room').publish('said', new Uint8Array([1, 2, 3])));
    await hub.channel('room').publish('said', 'without');
    const told = await read(3);
    expect(told.map(({ data, trace: carried }) => [data, carried])).toEqual([
      [{ text: 'x' }, first],
      [new Uint8Array([1, 2, 3]), second],
      ['without', undefined],
    ]);
    expect(told[2]).not.toHaveProperty('trace');
    const page = (await (await fetch(`${url}?channel=room&after=start`)).json()) as { publications: Publication[] };
    const kept = await hub.channel('room').history({ from: 'start' });
    for (const { publications } of [page, kept]) {
      expect(publications.map((publication) => publication.trace)).toEqual([first, second, undefined]);
      expect(publications[2]).not.toHaveProperty('trace');
    }
  });

  // RT-TRACE-2
  test('carries nothing unless that was asked for, and no longer than that', async () => {
    const hub = hubOf();
    const told = async (): Promise<unknown> => {
      await inSpan(() => hub.channel('room').publish('said', 'x'));
      const { publications } = await hub.channel('room').history({ last: 1 });
      return Object.keys(publications[0] ?? {});
    };
    const bare = ['position', 'event', 'data'];
    expect(await told()).toEqual(bare);
    const stop = instrument(hub);
    expect(await told()).toEqual(bare);
    const stopTraces = instrument(hub, { traces: true });
    expect(await told()).toEqual([...bare, 'trace']);
    stopTraces();
    stop();
    expect(await told()).toEqual(bare);
  });

  // RT-TRACE-1
  test('is of the span in which publish was called, whatever its schema waits for', async () => {
    const hub = hubOf();
    hub.traceWith(traceparent);
    let stored: Promise<unknown> = Promise.resolve();
    const asked = await inSpan(() => {
      stored = hub.channel('room').publish('slowly', 'x');
    });
    await inSpan(() => release());
    await stored;
    const { publications } = await hub.channel('room').history({ last: 1 });
    expect(publications.map((publication) => publication.trace)).toEqual([asked]);
  });

  // RT-TRACE-1
  test('carries it also when it is ephemeral, and beside a key', async () => {
    const clock = createVirtualClock();
    const hub = createHub({ channels, heartbeat: false, runtime: { clock } });
    onTestFinished(() => closeUnder(clock, hub));
    hub.traceWith(traceparent);
    const session = await SimulatedSession.open(hub, null, { subscriptions: [{ channel: 'room' }] });
    const publications = async (): Promise<readonly unknown[]> => {
      await settle(clock);
      return session.frames.flatMap((frame) => (frame.type === 'publications' ? frame.publications : []));
    };
    await settle(clock);
    const passing = await inSpan(() => hub.channel('room').publish('typing', 'x'));
    expect(await publications()).toEqual([{ event: 'typing', trace: passing, data: 'x' }]);
    const key = 'a key ~ with "everything"';
    const kept = await inSpan(() =>
      session.send({ type: 'publish', channel: 'room', event: 'said', data: 1, key, echo: true }),
    );
    expect((await publications()).slice(1)).toEqual([{ offset: 1, event: 'said', key, trace: kept, data: 1 }]);
  });

  // RT-TRACE-2
  test.each(['', 'x', 'a\nb', '00-0-0-01', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01 key`])(
    'carries nothing that is no traceparent: %j',
    async (said) => {
      const hub = hubOf();
      hub.traceWith(() => said);
      await hub.channel('room').publish('said', 'x');
      const { publications } = await hub.channel('room').history({ last: 1 });
      expect(publications).toEqual([{ position: expect.any(String), event: 'said', data: 'x' }]);
    },
  );

  // RT-TRACE-1
  test.each(clients)(
    'carries it from a worker to the clients of a node, over Redis with %s',
    async (_name, connect) => {
      const server = await RedisServer.start();
      const { redis, close } = await connect(server.port);
      const hub = hubOf(redisBroker({ redis }));
      const worker = createPublisher({ channels, broker: redisBroker({ redis }) });
      onTestFinished(async () => {
        await worker.close();
        await hub.close({ withinMs: 0 });
        close();
        await server.stop();
      });
      worker.traceWith(traceparent);
      const read = reading(await served(hub), websocket);
      const carried = await inSpan(() => worker.channel('room').publish('said', 'from afar'));
      await worker.channel('room').publish('said', 'without');
      expect((await read(2)).map((publication) => publication.trace)).toEqual([carried, undefined]);
    },
  );
});
