import type { Carried, Carrier, Opening } from './carrier.ts';
import { refusal } from './carrier.ts';
import type { Network } from './network.ts';
import type { Wire } from './wire.ts';

const decoder = new TextDecoder();

/** A session over a WebSocket: both directions are one wire. */
export class WebSocketCarrier implements Carrier {
  session: string | null = null;
  readonly wire: Wire;

  constructor(network: Network, { user, line }: Opening, carried: Carried) {
    let refused: { readonly code: string; readonly retryable: boolean } | null = null;
    const headers = { upgrade: 'websocket', 'sec-websocket-protocol': 'rt.v1' };
    this.wire = network.open(
      user,
      { method: 'GET', query: '', headers, body: '' },
      {
        head: () => {},
        received(bytes, written) {
          carried.heard();
          carried.lines(decoder.decode(bytes), written, written);
        },
        replied: (_status, body) => {
          refused = refusal(body);
        },
        closed: () => carried.lost(refused?.code ?? null, refused?.retryable ?? true),
      },
    );
    this.wire.send(line);
  }

  send(line: string): void {
    this.wire.send(line);
  }

  act(): void {}

  drop(): void {
    this.wire.leave();
  }
}
