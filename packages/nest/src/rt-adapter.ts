import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { INestApplication, WsMessageHandler } from '@nestjs/common';
import { Logger } from '@nestjs/common';
import { AbstractWsAdapter } from '@nestjs/websockets';
import { attach } from '@rt/node';
import type { Observable } from 'rxjs';
import { catchError, defer, EMPTY, filter } from 'rxjs';
import type { GatewayClient } from './gateway-client.ts';
import { GatewayServer } from './gateway-server.ts';
import { normalPath, pathOf } from './public-path.ts';

/** What `@WebSocketGateway()` is given. */
interface GatewayOptions {
  readonly path?: string;
  readonly namespace?: unknown;
}

type Request = Parameters<GatewayServer['take']>[0];
type Response = Parameters<GatewayServer['take']>[1];

/** The longest that the clients of a gateway may take to go when the app closes. */
const closeWithinMs = 500;

/**
 * Serves gateways that were written for `@nestjs/platform-ws`, unchanged, over WebSocket, and over SSE with POST where
 * WebSockets do not get through: `app.useWebSocketAdapter(new RtAdapter(app))`. Upgrades run through the app's middleware
 * as its requests do, and are left to the app at paths without a gateway.
 */
export class RtAdapter extends AbstractWsAdapter {
  readonly #app: INestApplication;
  readonly #logger = new Logger(RtAdapter.name);
  readonly #servers: GatewayServer[] = [];
  readonly #ports = new Map<number, { readonly http: Server; readonly gateways: GatewayServer[] }>();
  readonly #stops: (() => void)[] = [];

  constructor(app: INestApplication) {
    super(app);
    this.#app = app;
  }

  /** Whether a gateway of the app's own server is at this path. */
  serves(path: string): boolean {
    return this.#servers.some((server) => server.path === path);
  }

  override create(port: number, { path = '/', namespace }: GatewayOptions = {}): GatewayServer {
    if (namespace !== undefined) throw new Error('RtAdapter has no namespaces, as platform-ws has none: use paths');
    const server = new GatewayServer(normalPath(path));
    if (port === 0) {
      if (this.#servers.length === 0) this.#mount();
      this.#servers.push(server);
      this.#upgrades(this.#app.getHttpServer() as Server, server);
    } else {
      const { http, gateways } = this.#ports.get(port) ?? this.#listen(port);
      gateways.push(server);
      this.#upgrades(http, server);
    }
    return server;
  }

  override bindClientDisconnect(client: GatewayClient, callback: (code: number) => void): void {
    client.once('close', callback);
  }

  bindMessageHandlers(
    client: GatewayClient,
    handlers: readonly WsMessageHandler[],
    transform: (data: unknown) => Observable<unknown>,
  ): void {
    const byEvent = new Map(handlers.map((handler) => [handler.message, handler]));
    client.on('message', (bytes: Buffer) => {
      const message = parse(bytes);
      const handler = byEvent.get(message?.event ?? '');
      if (message === null || handler === undefined) return;
      defer(() => transform(handler.callback(message.data, message.event)))
        .pipe(
          filter((result) => result !== null && result !== undefined),
          catchError((cause: unknown) => {
            this.#logger.error(cause);
            return EMPTY;
          }),
        )
        .subscribe((result) => client.send(JSON.stringify(result)));
    });
  }

  /** Is asked to while the app is still starting. 1013 is "try again later". */
  closeClient(client: GatewayClient): void {
    client.close(1013);
  }

  override async close(server: GatewayServer): Promise<void> {
    await server.close(closeWithinMs);
  }

  override async dispose(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop();
    const closed = [...this.#ports.values()].map(({ http }) => new Promise((resolve) => void http.close(resolve)));
    this.#ports.clear();
    await Promise.all(closed);
  }

  /** Before the routes of the app, and behind what it uses: whatever is for no gateway is passed on. */
  #mount(): void {
    this.#app.use((request: Request, response: Response, next: () => void) => {
      if (!take(this.#servers, request, response)) next();
    });
  }

  #listen(port: number): { readonly http: Server; readonly gateways: GatewayServer[] } {
    const gateways: GatewayServer[] = [];
    const http = createServer((request, response) => {
      if (!take(gateways, request, response)) response.writeHead(404).end();
    });
    http.listen(port);
    const opened = { http, gateways };
    this.#ports.set(port, opened);
    return opened;
  }

  #upgrades(http: Server, { path }: GatewayServer): void {
    this.#stops.push(attach(http, { path, exclusive: true }));
  }
}

function take(servers: readonly GatewayServer[], request: Request, response: Response): boolean {
  const path = pathOf(request);
  return servers.find((server) => server.path === path)?.take(request, response) ?? false;
}

interface Message {
  readonly event: string;
  readonly data: unknown;
}

function parse(bytes: Buffer): Message | null {
  try {
    return JSON.parse(bytes.toString()) as Message | null;
  } catch {
    return null;
  }
}
