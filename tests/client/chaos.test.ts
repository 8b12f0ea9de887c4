import type { TransportOption } from '@rt/client';
import { seededRandom, within } from '@rt/testkit';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { TestClient } from './ground.ts';
import { fast, ground, transports } from './ground.ts';
import { keptBroker } from './kept-broker.ts';

const clientsOfEach = 3;
/** How many connections are made in all. */
const wantedConnections = 1100;

/** Somebody who follows the room and publishes to it, and counts the connections that were made. */
class Follower {
  readonly name: string;
  readonly seen: number[] = [];
  readonly stored: Promise<string | null>[] = [];
  opened = 0;
  #wake: () => void = () => {};
  readonly #client: TestClient;

  constructor(name: string, client: TestClient) {
    this.name = name;
    this.#client = client;
    client.subscribe(() => {
      if (client.status.state === 'open') this.opened += 1;
    });
    client.channel('room:1', { from: 'start' }).on('said', (data) => {
      this.seen.push(data);
      this.#wake();
    });
  }

  publish(data: number): void {
    this.stored.push(this.#client.channel('room:1').publish('said', data));
  }

  async until(count: number): Promise<void> {
    while (this.seen.length < count) {
      const wait = new Promise<void>((resolve) => (this.#wake = resolve));
      const { state } = this.#client.status;
      const room = JSON.stringify(this.#client.channel('room:1').status);
      await within(`${this.name}, ${state}, ${room}: ${count} after ${this.seen.length}`, wait);
    }
  }
}

describe('chaos', () => {
  // RT-CLIENT-1
  test('after a thousand reconnects everybody has exactly what was published, in order', async () => {
    const seed = Number(process.env['RT_SEED'] ?? Math.floor(Math.random() * 1e9));
    const random = seededRandom(seed);
    const kept = keptBroker();
    const { client, proxy, hub, restart } = await ground({ connect: kept.connect });
    onTestFinished(() => kept.close());
    const kinds: readonly TransportOption[] = [...transports, ['sse', 'long-poll'], ['websocket', 'sse'], 'auto'];
    const followers = kinds.flatMap((kind) =>
      Array.from({ length: clientsOfEach }, (_, n) => {
        return new Follower(`${JSON.stringify(kind)} ${n}`, client(kind, { environment: fast(10) }));
      }),
    );
    let published = 0;
    const publish = (): void => {
      published += 1;
      const who = followers[Math.floor(random() * followers.length * 1.5)];
      if (who === undefined)
        void hub()
          .channel('room:1')
          .publish('said', published)
          .catch(() => (published -= 1));
      else who.publish(published);
    };
    const connections = (): number => followers.reduce((sum, { opened }) => sum + opened, 0);
    while (connections() < wantedConnections) {
      for (let m = Math.floor(random() * 4); m > 0; m -= 1) publish();
      const kind = random();
      if (kind < 0.04) await restart();
      else if (kind < 0.1) {
        proxy.stall();
        // What is told to nobody is noticed by its silence.
        publish();
        await Promise.all(followers.map(({ stored }) => Promise.race([stored.at(-1), soon(200)])));
        proxy.cut();
        proxy.mend();
      } else {
        proxy.cut();
        if (kind < 0.5) await soon(1 + random() * 20);
        proxy.mend();
      }
      if (random() < 0.7) await soon(random() * 60);
    }
    await Promise.all(followers.flatMap(({ stored }) => stored));
    const { publications } = await hub().channel('room:1').history({ last: 10_000 });
    const wanted = publications.map(({ data }) => data);
    await Promise.all(followers.map((follower) => follower.until(wanted.length)));
    for (const { name, seen } of followers) expect([seed, name, seen]).toEqual([seed, name, wanted]);
    // Each publication is stored once.
    expect(new Set(wanted).size).toBe(wanted.length);
  }, 120_000);
});

/** So that those who come back have something to lose again. */
async function soon(ms: number): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), ms));
}
