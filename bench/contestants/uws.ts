// uWebSockets.js: its own publish and subscribe. It comes from npm for Node 20, and is found where the harness has put it.
import { createRequire } from 'node:module';
import type { Setup } from '../harness/traffic.ts';
import type { Stage } from '../server/stage.ts';
import { channelsOf } from '../server/stage.ts';

interface WebSocket {
  subscribe(topic: string): void;
  getUserData(): { readonly url: string };
  getBufferedAmount(): number;
}

interface Upgrading {
  getQuery(): string;
  getHeader(name: string): string;
}

interface Response {
  upgrade(data: object, key: string, protocol: string, extensions: string, context: object): void;
}

interface App {
  ws(path: string, behaviour: object): App;
  listen(host: string, port: number, then: (socket: object) => void): App;
  publish(topic: string, message: string, isBinary: boolean): boolean;
}

interface Uws {
  App(): App;
  us_socket_local_port(socket: object): number;
}

const uws = createRequire(import.meta.url)(process.env['RT_BENCH_UWS'] ?? 'uWebSockets.js') as Uws;

export async function open(_setup: Setup): Promise<Stage> {
  const clients: WebSocket[] = [];
  const app = uws.App().ws('/*', {
    compression: 0,
    idleTimeout: 0,
    maxBackpressure: 64 * 1_048_576,
    upgrade(response: Response, request: Upgrading, context: object): void {
      const header = (name: string): string => request.getHeader(`sec-websocket-${name}`);
      response.upgrade(
        { url: `/?${request.getQuery()}` },
        header('key'),
        header('protocol'),
        header('extensions'),
        context,
      );
    },
    open(client: WebSocket): void {
      for (const channel of channelsOf(client.getUserData().url)) client.subscribe(String(channel));
      clients.push(client);
    },
  });
  let next = 0;
  return {
    port: await new Promise<number>((resolve) => {
      app.listen('127.0.0.1', 0, (socket) => resolve(uws.us_socket_local_port(socket)));
    }),
    full() {
      for (let n = 0; n < 8 && clients.length > 0; n += 1) {
        next = (next + 1) % clients.length;
        if ((clients[next]?.getBufferedAmount() ?? 0) > 65_536) return true;
      }
      return false;
    },
    publish(channel, text) {
      app.publish(String(channel), text, false);
    },
  };
}
