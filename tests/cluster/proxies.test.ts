import { within } from '@rt/testkit';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { ProxyName } from './proxies-ground.ts';
import { proxiesGround } from './proxies-ground.ts';
import type { Talk } from './proxies-talk.ts';
import { talk } from './proxies-talk.ts';

const proxies: readonly ProxyName[] = ['nginx', 'HAProxy'];
const overPosts = ['sse', 'long-poll'] as const;
/** Two clients over each proxy and each transport that sends by POST. */
const cells = proxies.flatMap((proxy) => overPosts.flatMap((transport) => [0, 1].map(() => ({ proxy, transport }))));

/** Who talks, and what each has to say. */
function crowd(ground: Awaited<ReturnType<typeof proxiesGround>>, commands: number): readonly Talk[] {
  return cells.map(({ proxy, transport }, index) =>
    talk(ground.client(proxy, transport), {
      name: `${proxy} ${transport} ${index}`,
      commands: commands / cells.length,
    }),
  );
}

describe('three nodes behind proxies that send each request to the next node', () => {
  // RT-PROXY-1
  test('take ten thousand commands of clients over SSE and long-poll: none fails, and no session is lost', async () => {
    const ground = await proxiesGround();
    const talks = crowd(ground, 10_000);
    const results = await within('all commands', Promise.all(talks.map(({ done }) => done)), 50_000);
    expect(results.flatMap(({ failures }) => failures)).toEqual([]);
    expect(talks.map(({ openings }) => openings())).toEqual(cells.map(() => 1));
    const log = await ground.log('room:all');
    expect(log.toSorted()).toEqual(results.flatMap(({ said }) => said).toSorted());
    for (const { heard } of talks) {
      await eventually('each reader has all', () => heard.length >= log.length);
      expect(heard).toEqual(log);
    }
  }, 60_000);

  // RT-PROXY-2
  test('lose nothing when one of them is killed in the middle, and started again', async () => {
    const ground = await proxiesGround();
    const talks = crowd(ground, 6000);
    await eventually('the middle', () => talks.every(({ answered }) => answered() > 250));
    await ground.nodes[0]?.stop('SIGKILL');
    await ground.nodes[0]?.start();
    const results = await within('all commands', Promise.all(talks.map(({ done }) => done)), 50_000);
    // What is asked and not answered is told to whoever asked; what is published is sent again.
    const failures = results.flatMap((result) => result.failures);
    expect(failures.filter(({ kind, code }) => kind !== 'send' || code !== 'connection_lost')).toEqual([]);
    const log = await ground.log('room:all');
    expect(log.toSorted()).toEqual(results.flatMap(({ said }) => said).toSorted());
    for (const { heard, gaps } of talks) {
      await eventually('each reader has all', () => heard.length >= log.length);
      expect(heard).toEqual(log);
      expect(gaps).toEqual([]);
    }
    expect(talks.reduce((sum, { openings }) => sum + openings(), 0)).toBeGreaterThan(cells.length);
  }, 60_000);
});

describe.each(proxies)('through %s', (proxy) => {
  // RT-PROXY-3
  test('a stream flows as it is written: what is published comes at once, and a heartbeat when nothing is', async () => {
    const ground = await proxiesGround();
    const leave = new AbortController();
    onTestFinished(() => leave.abort());
    const response = await fetch(`${ground.url(proxy)}?channel=room:quiet`, {
      headers: { accept: 'text/event-stream' },
      signal: leave.signal,
    });
    const reader = response.body?.getReader();
    const decoder = new TextDecoder();
    const next = async (what: string): Promise<string> => {
      const read = await within(what, Promise.resolve(reader?.read()), 1500);
      return decoder.decode(read?.value);
    };
    expect(await next('the first block')).toMatch(/^retry: \d+\n/);
    const startedAtMs = performance.now();
    for (let n = 0; n < 30; n += 1) {
      await ground.publisher.channel('room:quiet').publish('said', `hello ${n}`);
      expect(await next(`hello ${n}`)).toContain(`event: said\ndata: "hello ${n}"`);
    }
    // A proxy that waits for more to send does so for a fifth of a second each time.
    expect(performance.now() - startedAtMs).toBeLessThan(30 * 100);
    expect(await next('a heartbeat')).toMatch(/^:/);
  });

  // RT-PROXY-4
  test('a WebSocket is one, to whichever node', async () => {
    const ground = await proxiesGround();
    const [one, other] = [ground.client(proxy, 'websocket'), ground.client(proxy, 'websocket')] as const;
    const heard = new Promise((resolve) => void other.channel('room:1', { from: 'start' }).on('said', resolve));
    await within('it to be stored', one.channel('room:1').publish('said', 'over a WebSocket'));
    expect(await within('it to be heard', heard)).toBe('over a WebSocket');
    expect([one.status, other.status]).toEqual(Array(2).fill({ state: 'open', transport: 'websocket' }));
  });

  // RT-PROXY-5
  test('a node that closes hands its clients on, and no request fails meanwhile', async () => {
    const ground = await proxiesGround();
    const talks = overPosts.map((transport) =>
      talk(ground.client(proxy, transport), { name: transport, commands: 2000 }),
    );
    const answers = new Set<unknown>();
    let closed = false;
    const asking = (async () => {
      const url = `${ground.url(proxy)}?channel=room:all`;
      while (!closed) answers.add(await fetch(url).then(({ status }) => status, String));
    })();
    for (const node of ground.nodes) {
      await node.stop('SIGTERM');
      await node.start();
      // As whoever deploys waits: a proxy that is told nothing finds out for itself.
      await eventually(
        `${proxy} sends requests to ${node.name}`,
        async () => (await ground.where(proxy)) === node.name,
      );
    }
    closed = true;
    await asking;
    expect([...answers]).toEqual([200]);
    const results = await within('all commands', Promise.all(talks.map(({ done }) => done)), 20_000);
    const failures = results.flatMap((result) => result.failures);
    expect(failures.filter(({ kind, code }) => kind !== 'send' || code !== 'connection_lost')).toEqual([]);
    const log = await ground.log('room:all');
    expect(log.toSorted()).toEqual(results.flatMap(({ said }) => said).toSorted());
    for (const { heard } of talks) {
      await eventually('each reader has all', () => heard.length >= log.length);
      expect(heard).toEqual(log);
    }
  }, 60_000);

  // RT-PROXY-6
  test('without Redis no node is ready; the app is reached all the same, and what clients publish waits', async () => {
    const ground = await proxiesGround();
    const room = ground.client(proxy, 'websocket').channel('room:1');
    await within('it to be stored', room.publish('said', 'before'));
    await ground.redis.kill();
    const allSay = async (status: number): Promise<boolean> => {
      const asked = ground.nodes.map(({ port }) => fetch(`http://127.0.0.1:${port}/ready`));
      return (await Promise.all(asked)).every((answer) => answer.status === status);
    };
    await eventually('no node is ready', () => allSay(503));
    const meanwhile = room.publish('said', 'meanwhile');
    const from = new URL(ground.url(proxy)).origin;
    // Longer than the proxy takes to notice.
    for (const untilMs = Date.now() + 2000; Date.now() < untilMs;) {
      expect((await fetch(`${from}/live`)).status).toBe(200);
    }
    await ground.redis.start();
    await within('it to be stored', meanwhile, 20_000);
    expect(await ground.log('room:1')).toEqual(['meanwhile']);
    await eventually('all nodes are ready', () => allSay(200));
  });
});
