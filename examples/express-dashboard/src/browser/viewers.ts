/** Somebody who looks at the page, in so many tabs. */
export interface Viewer {
  readonly id: string;
  /** What they look at it with. */
  readonly on: string;
  readonly tabs: number;
}

interface Member {
  readonly user: string;
  readonly state: { readonly on: string };
  readonly connections: number;
}

/** Who is there, as a frame says it: everybody, or what has changed. */
interface Told {
  readonly members?: readonly Member[];
  readonly sample?: readonly Member[];
  readonly changed?: readonly Member[];
  readonly left?: readonly string[];
}

interface Frame extends Told {
  readonly type: string;
  readonly presence?: Told;
}

export interface ViewersOptions {
  readonly url: string;
  readonly channel: string;
  /** What this page is looked at with. */
  readonly on: string;
  onChange(viewers: readonly Viewer[]): void;
}

const retryMs = 2000;

/** The viewers of the page, through a WebSocket of its own: it is one of them as long as `join` is the last word. */
export class Viewers {
  readonly #options: ViewersOptions;
  /** The same for all connections of this page: coming back is not coming. */
  readonly #client: string = String(crypto.getRandomValues(new Uint32Array(1))[0]);
  readonly #members = new Map<string, Member>();
  #socket: WebSocket | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ViewersOptions) {
    this.#options = options;
    // A tab that is closed is gone at once; one that is shown again from the browser's memory is back.
    addEventListener('pagehide', () => this.#socket?.close(1000));
    addEventListener('pageshow', ({ persisted }) => persisted && this.join());
  }

  join(): void {
    clearTimeout(this.#retry);
    if (this.#socket !== null && this.#socket.readyState <= WebSocket.OPEN) return;
    const socket = new WebSocket(new URL(this.#options.url, location.href.replace(/^http/, 'ws')), 'rt.v1');
    this.#socket = socket;
    const { channel, on } = this.#options;
    socket.addEventListener('open', () => {
      const subscriptions = [{ channel, presence: true }];
      socket.send(
        `${JSON.stringify({ type: 'connect', id: 1, client: this.#client, subscriptions })}\n` +
          JSON.stringify({ type: 'enter', id: 2, channel, state: { on } }),
      );
    });
    socket.addEventListener('message', ({ data }: MessageEvent<string>) => {
      for (const line of data.split('\n')) if (line !== '') this.#take(JSON.parse(line) as Frame);
    });
    socket.addEventListener('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.#retry = setTimeout(() => this.join(), retryMs);
    });
  }

  /** Breaks the connection without a word: whoever is back soon was never away for the others. */
  drop(): void {
    clearTimeout(this.#retry);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(3000);
  }

  #take(frame: Frame): void {
    const told = frame.type === 'presence' ? frame : frame.presence;
    if (told === undefined) return;
    const all = told.members ?? told.sample;
    if (all !== undefined) this.#members.clear();
    for (const member of all ?? told.changed ?? []) this.#members.set(member.user, member);
    for (const user of told.left ?? []) this.#members.delete(user);
    const viewers = [...this.#members.values()].map(({ user, state, connections }) => ({
      id: user,
      on: state.on,
      tabs: connections,
    }));
    this.#options.onChange(viewers);
  }
}

/** The viewer that this browser is, by its cookie. */
export function ownId(): string {
  return /(?:^|;\s*)viewer=([0-9a-f-]+)/.exec(document.cookie)?.[1] ?? '';
}

/** What a browser calls itself, in three words. */
export function browserName(agent: string): string {
  const find = (names: readonly (readonly [RegExp, string])[]): string | undefined =>
    names.find(([pattern]) => pattern.test(agent))?.[1];
  const browser = find([
    [/Edg\//, 'Edge'],
    [/OPR\//, 'Opera'],
    [/Firefox\//, 'Firefox'],
    [/Chrome\//, 'Chrome'],
    [/Safari\//, 'Safari'],
  ]);
  const system = find([
    [/Android/, 'Android'],
    [/iPhone|iPad/, 'iOS'],
    [/Windows/, 'Windows'],
    [/Mac OS X/, 'macOS'],
    [/Linux/, 'Linux'],
  ]);
  return [browser ?? 'a browser', system].filter((part) => part !== undefined).join(' on ');
}
