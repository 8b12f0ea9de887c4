import { constants, inflateRawSync } from 'node:zlib';
import type { Client, Reader } from './client.ts';
import type { RtPlaces } from './rt-places.ts';
import type { Told } from './rt-book.ts';
import { clientMessage, WebSocketFrames } from './websocket-frames.ts';

interface Frame {
  readonly type: string;
  readonly id?: number;
  readonly channel?: string;
  readonly position?: string;
  readonly publications?: readonly Told[];
}

const start = '{"type":"publications","channel":"c:';
const quote = '"'.charCodeAt(0);
const harmless = new Set(['connected', 'entered', 'presence', 'pong']);

/** A session over WebSocket: every publication of every frame is looked at, or known byte for byte. */
export class RtMessages extends WebSocketFrames implements Reader {
  readonly first: Buffer;
  readonly #client: Client;
  readonly #places: RtPlaces;
  #awaited: number;

  constructor(client: Client, places: RtPlaces, isMember: boolean) {
    super((bytes) => client.write(bytes));
    this.#client = client;
    this.#places = places;
    const { channels, index } = client.options;
    const subscriptions = channels.map((number) => {
      const after = places.position(number);
      return { channel: `c:${number}`, presence: true, ...(after === null ? {} : { after }) };
    });
    const frames: object[] = [{ type: 'connect', id: 1, client: `tab-${index}`, subscriptions }];
    if (isMember) frames.push({ type: 'enter', id: 2, channel: `c:${channels[0]}`, state: { name: `user ${index}` } });
    this.first = clientMessage(frames.map((frame) => JSON.stringify(frame)).join('\n'));
    this.#awaited = channels.length + (isMember ? 1 : 0);
  }

  get ready(): boolean {
    return this.#awaited === 0;
  }

  message(bytes: Buffer, from: number, to: number, compressed: boolean): void {
    const channel = compressed ? this.#client.options.channels[0] : channelIn(bytes, from);
    if (channel !== undefined && this.#places.follow(channel, bytes, from, to)) return;
    const raw = bytes.subarray(from, to);
    const options = { finishFlush: constants.Z_SYNC_FLUSH };
    const text = (compressed ? inflateRawSync(raw, options) : raw).toString('utf8');
    const lines = text.split('\n').filter((line) => line !== '');
    // Bytes of several frames are not known by what one of them says.
    const own = lines.length === 1 ? raw : raw.subarray(0, 0);
    for (const line of lines) this.#frame(JSON.parse(line) as Frame, own);
  }

  #frame(frame: Frame, raw: Buffer): void {
    const { type, channel, position = '', publications } = frame;
    const number = Number(channel?.slice(2));
    if (type === 'publications' && publications !== undefined) {
      const [epoch = '', to] = position.split('.');
      if (publications.at(-1)?.offset !== Number(to))
        return this.#client.problem(`position ${position} is not the last`);
      return this.#places.read(number, raw, { epoch, told: publications });
    }
    if (type === 'subscribed' && !('gap' in frame)) this.#places.begin(number, position);
    else if (!harmless.has(type)) return this.#client.problem(JSON.stringify(frame).slice(0, 300));
    if (type === 'subscribed' || type === 'entered') this.#awaited -= 1;
  }
}

/** The number of the channel that a frame of publications is of. */
function channelIn(bytes: Buffer, from: number): number | undefined {
  let number = 0;
  for (let at = from + start.length; at < from + start.length + 8; at += 1) {
    const byte = bytes[at] ?? quote;
    if (byte === quote) return number;
    if (byte < 48 || byte > 57) return undefined;
    number = number * 10 + byte - 48;
  }
  return undefined;
}
