import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import type { ErrorBody, ServerFrame } from '@rt/protocol';
import type { FrameOf, Opened, SessionClient, SessionEnd, SessionRequest } from '@rt/testkit';
import { within } from '@rt/testkit';

/** Opens a session over TCP lines: who it is in the first line, `connect` in the second. */
export async function openOverLines({ port, headers, connect: hello }: SessionRequest): Promise<Opened> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const client = new LineClient(socket);
  await once(socket, 'connect');
  socket.write(`${headers?.['x-user'] ?? ''}\n${JSON.stringify(hello ?? { type: 'connect', id: 1 })}\n`);
  const first = await client.next('connected').catch(() => client.ended());
  if ('type' in first) return { type: 'open', client };
  const [refusal] = client.frames as readonly { readonly error?: ErrorBody }[];
  const error = first.bye?.error ?? refusal?.error;
  if (error === undefined) throw new Error('the connection was closed without a word');
  return { type: 'refused', error, status: null, closeCode: null };
}

class LineClient implements SessionClient {
  readonly frames: ServerFrame[] = [];
  readonly #socket: Socket;
  #read = 0;
  #lastId = 1;
  #over = false;
  #waiting: (() => void)[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
    let rest = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line === '') socket.write('\n'); // a heartbeat is answered
        else this.frames.push(JSON.parse(line) as ServerFrame);
      }
      this.#wake();
    });
    socket.on('error', () => {}); // `close` follows
    socket.on('close', () => {
      this.#over = true;
      this.#wake();
    });
  }

  sendText(text: string): void {
    this.#socket.write(`${text}\n`);
  }

  send(...frames: readonly Readonly<Record<string, unknown>>[]): void {
    for (const { id } of frames) this.#lastId = Math.max(this.#lastId, Number(id ?? 0));
    this.sendText(frames.map((frame) => JSON.stringify(frame)).join('\n'));
  }

  next<Type extends ServerFrame['type']>(
    type: Type,
    fits: (frame: FrameOf<Type>) => boolean = () => true,
  ): Promise<FrameOf<Type>> {
    return this.#wait(`a frame of type ${type}`, () => {
      for (const frame of this.frames.slice(this.#read)) {
        this.#read += 1;
        if (frame.type === type && fits(frame as FrameOf<Type>)) return frame as FrameOf<Type>;
      }
      return undefined;
    });
  }

  async ask(frame: Readonly<Record<string, unknown>>): Promise<ServerFrame> {
    const id = Number(frame['id'] ?? this.#lastId + 1);
    this.send({ ...frame, id });
    return this.#wait('the answer', () => this.frames.find((one) => 'id' in one && one.id === id));
  }

  async ended(): Promise<SessionEnd> {
    while (!this.#over) await this.#change('the end of the session');
    const last = this.frames.at(-1);
    return { bye: last?.type === 'bye' ? last : null, closeCode: null };
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  cut(): void {
    this.#socket.destroy();
  }

  async #wait<Result>(what: string, look: () => Result | undefined): Promise<Result> {
    for (;;) {
      const result = look();
      if (result !== undefined) return result;
      if (this.#over) throw new Error(`the session ended before ${what} came`);
      await this.#change(what);
    }
  }

  #change(what: string): Promise<void> {
    return within(what, new Promise((wake) => this.#waiting.push(wake)));
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
