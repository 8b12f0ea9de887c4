import { createSseParser } from '@rt/protocol';
import type { Carried, Carrier, Opening } from './carrier.ts';
import { refusal } from './carrier.ts';
import type { Network } from './network.ts';
import { Posts } from './posts.ts';
import type { Wire } from './wire.ts';

/** A session over SSE: one stream down, and posts up. */
export class SseCarrier implements Carrier {
  session: string | null = null;
  readonly wire: Wire;
  readonly #posts: Posts;

  constructor(network: Network, { user, line }: Opening, carried: Carried) {
    const parser = createSseParser();
    let refused: { readonly code: string; readonly retryable: boolean } | null = null;
    this.#posts = new Posts(
      network,
      user,
      carried,
      () => !this.wire.closed && !this.wire.vanished && !this.wire.ending,
    );
    this.wire = network.open(
      user,
      { method: 'POST', query: '', headers: { accept: 'text/event-stream' }, body: line },
      {
        head: () => {},
        received(bytes, written) {
          carried.heard();
          for (const item of parser.feed(bytes)) if (item.type === 'event') carried.lines(item.data, written, written);
        },
        replied(_status, body) {
          refused = refusal(body);
        },
        closed: () => carried.lost(refused?.code ?? null, refused?.retryable ?? true),
      },
    );
  }

  send(line: string): void {
    this.#posts.add(line);
  }

  act(): void {
    if (this.session !== null) this.#posts.act(this.session);
  }

  drop(): void {
    this.wire.leave();
  }
}
