import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** A road to a Redis server that the test can cut, block and lead elsewhere. */
export interface RedisProxy {
  readonly port: number;
  /** Where new connections lead. */
  target: number;
  /** Breaks every connection, and each new one at once, until `mend`. */
  cut(): void;
  mend(): void;
  /** On the connections that there are nothing arrives any more, on either side. New ones are as ever. */
  wedge(which: 'all' | 'subscribers'): void;
  /** The next message of pub/sub that holds this text does not arrive, at one subscriber of those that there are. */
  drop(text: string): void;
  close(): Promise<void>;
}

interface Road {
  readonly ends: readonly Socket[];
  isSubscriber: boolean;
  isWedged: boolean;
  dropped: string | null;
}

export async function redisProxy(target: number): Promise<RedisProxy> {
  const roads = new Set<Road>();
  let broken = false;
  const server = createServer((client) => {
    if (broken) return void client.destroy();
    const upstream = connect(proxy.target, '127.0.0.1');
    const road: Road = { ends: [client, upstream], isSubscriber: false, isWedged: false, dropped: null };
    roads.add(road);
    client.on('data', (bytes) => {
      road.isSubscriber ||= bytes.toString('latin1').toLowerCase().includes('subscribe');
      if (!road.isWedged) upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      const text = road.dropped;
      const isDropped = text !== null && bytes.includes(text);
      if (isDropped) road.dropped = null;
      if (!isDropped && !road.isWedged) client.write(bytes);
    });
    for (const [end, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      end.on('error', () => {});
      end.on('close', () => {
        roads.delete(road);
        if (!road.isWedged) other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    broken = true;
    for (const end of [...roads].flatMap(({ ends }) => ends)) end.destroy();
  };
  const proxy: RedisProxy = {
    port: (server.address() as AddressInfo).port,
    target,
    cut,
    mend: () => void (broken = false),
    wedge(which) {
      for (const road of roads) road.isWedged ||= which === 'all' || road.isSubscriber;
    },
    drop(text) {
      for (const road of roads) if (road.isSubscriber) road.dropped = text;
    },
    close() {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return proxy;
}
