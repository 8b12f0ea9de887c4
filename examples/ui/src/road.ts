import type { Environment } from '@rt/client';
import { platform } from '@rt/client';

/** What went over the road since the last time it was set to nothing. */
export interface Traffic {
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly requests: number;
}

const nothing: Traffic = { bytesIn: 0, bytesOut: 0, requests: 0 };
const encoder = new TextEncoder();

/** The browser's way to the server, which counts what goes over it, and can be cut. */
export class Road {
  readonly environment: Environment;
  #traffic: Traffic = nothing;
  #broken = false;
  readonly #breaks = new Set<() => void>();

  constructor() {
    const isBroken = (): boolean => this.#broken;
    const Counted = counted({
      add: (traffic) => this.#add(traffic),
      open: (socket) => {
        const breaks = (): void => socket.close(3000);
        this.#breaks.add(breaks);
        socket.addEventListener('close', () => this.#breaks.delete(breaks));
      },
    });
    this.environment = {
      ...platform(),
      get WebSocket() {
        return isBroken() ? null : Counted;
      },
      fetch: async (url, request = {}) => this.#fetch(url, request),
    };
  }

  get traffic(): Traffic {
    return this.#traffic;
  }

  get broken(): boolean {
    return this.#broken;
  }

  reset(): void {
    this.#traffic = nothing;
  }

  /** Breaks everything that is open, and lets nothing through until `mend`. */
  cut(): void {
    this.#broken = true;
    for (const breaks of [...this.#breaks]) breaks();
    this.#breaks.clear();
  }

  mend(): void {
    this.#broken = false;
  }

  async #fetch(url: Parameters<typeof fetch>[0], request: RequestInit): Promise<Response> {
    if (this.#broken) throw new TypeError('the road is cut');
    this.#add({ requests: 1, bytesOut: sizeOf(request.body) });
    const cut = new AbortController();
    const breaks = (): void => cut.abort(new TypeError('the road is cut'));
    this.#breaks.add(breaks);
    const signal = request.signal ? AbortSignal.any([request.signal, cut.signal]) : cut.signal;
    try {
      const response = await fetch(url, { ...request, signal });
      const { body, status, statusText, headers } = response;
      const counting = new TransformStream<Uint8Array, Uint8Array>({
        transform: (chunk, to) => {
          this.#add({ bytesIn: chunk.length });
          to.enqueue(chunk);
        },
        flush: () => void this.#breaks.delete(breaks),
      });
      return new Response(body?.pipeThrough(counting) ?? null, { status, statusText, headers });
    } catch (error) {
      this.#breaks.delete(breaks);
      throw error;
    }
  }

  #add({ bytesIn = 0, bytesOut = 0, requests = 0 }: Partial<Traffic>): void {
    const { bytesIn: wasIn, bytesOut: wasOut, requests: were } = this.#traffic;
    this.#traffic = { bytesIn: wasIn + bytesIn, bytesOut: wasOut + bytesOut, requests: were + requests };
  }
}

interface Counting {
  readonly add: (traffic: Partial<Traffic>) => void;
  readonly open: (socket: WebSocket) => void;
}

/** A WebSocket that says what goes through it. */
function counted({ add, open }: Counting): NonNullable<Environment['WebSocket']> {
  return class extends WebSocket {
    constructor(url: string, protocols: string) {
      super(url, protocols);
      add({ requests: 1 });
      this.addEventListener('message', ({ data }) => add({ bytesIn: sizeOf(data) }));
      open(this);
    }

    override send(data: string): void {
      add({ bytesOut: sizeOf(data) });
      super.send(data);
    }
  };
}

function sizeOf(data: unknown): number {
  return typeof data === 'string' ? encoder.encode(data).length : 0;
}
