import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { End, UpgradeOptions } from '@rt/core';
import type { Agreed, Upgrading } from './handshake.ts';
import { agree, shakeHands } from './handshake.ts';
import type { NodeRequest } from './node-message.ts';
import { upgradeResponse } from './upgrade-response.ts';
import type { Accepted } from './websocket-pipe.ts';

const upgrades = new WeakMap<NodeRequest, Upgrade>();

/** Listeners for the end of a response that need not be told of the end of a WebSocket. */
const ours = new WeakSet<object>();

/** Says that a listener on an upgrade's response only waits for an answer. */
export function waitsForAnswer<Listener extends () => void>(listener: Listener): Listener {
  ours.add(listener);
  return listener;
}

/** The upgrade that a request is, if it has been handed in as one. */
export function upgradeOf(request: NodeRequest): Upgrade | null {
  return upgrades.get(request) ?? null;
}

/** Whether a request asks for a WebSocket. */
export function isWebSocket({ headers: { upgrade = '' } }: IncomingMessage): boolean {
  return /^websocket$/i.test(upgrade);
}

/** How upgrades are taken. */
export interface UpgradeSettings {
  readonly compress: boolean;
  /** The longest that a host's middleware may take to let an upgrade through. */
  readonly answerWithinMs: number;
}

/** Who is waiting for a WebSocket. One of the two is called, once. */
export interface Taker {
  opened(accepted: Accepted): void;
  failed(end: End): void;
}

/**
 * An upgrade as an ordinary request: its response goes through whatever the server has in front of us, which may refuse
 * it with a status of its own. Once we are willing to take it, status 101 accepts it, whenever that is answered. A
 * socket that was handed to an upgrade is nobody else's any more: refused or not, it has to be closed here.
 */
export class Upgrade {
  readonly response: ServerResponse;
  readonly #upgrading: Upgrading;
  readonly #socket: Socket;
  readonly #settings: UpgradeSettings;
  readonly #deadline: NodeJS.Timeout;
  readonly #bytesBefore: number;
  readonly #onError: () => void;
  readonly #onDrain: () => void;
  readonly #onReadable: () => void;
  readonly #onFinish = (): void => this.#refused();
  readonly #onClose = (): void => this.#fail({ type: 'peer' });
  readonly #onEnd = (): void => this.#tellTheHost();
  #taking: { readonly agreed: Agreed; readonly taker: Taker } | null = null;
  #settled = false;
  /** Whether the host was told that the connection has ended. */
  #told = false;

  constructor(upgrading: Upgrading, settings: UpgradeSettings) {
    this.#upgrading = upgrading;
    // Its types allow for any stream, and so does what is done with it here.
    this.#socket = upgrading.socket as Socket;
    this.#settings = settings;
    this.#bytesBefore = this.#socket.bytesWritten;
    this.response = upgradeResponse(upgrading.request, {
      head: () => this.#yieldIfTaken(),
      accept: () => this.#accept(),
    });
    this.#onError = (): void => void this.#socket.destroy();
    // Node has let go of the socket, and tells its response no more.
    this.#onDrain = (): void => void this.response.emit('drain');
    this.#socket.on('error', this.#onError);
    this.#socket.on('drain', this.#onDrain);
    this.#onReadable = (): void => {
      // What a WebSocket has sent already stays for it. Reading at the end is what tells that it is the end.
      if (this.#socket.readableLength === 0 || !isWebSocket(upgrading.request)) this.#socket.read();
    };
    this.#socket.on('readable', this.#onReadable);
    this.#socket.on('end', this.#onError);
    this.response.assignSocket(this.#socket);
    this.response.once('finish', this.#onFinish);
    this.response.once('close', this.#onClose);
    this.#deadline = setTimeout(() => this.#tooLate(), settings.answerWithinMs).unref();
    upgrades.set(upgrading.request, this);
  }

  /**
   * Makes a 101 the acceptance of the WebSocket. Returns what will be agreed on.
   *
   * @throws RtError `upgrade_unavailable` if the handshake is not a good one
   */
  take(options: UpgradeOptions, taker: Taker): Agreed {
    const agreed = agree(this.#upgrading.request, options, this.#settings.compress);
    this.#taking = { agreed, taker };
    // The peer has gone, or its time was over: there will be no other event.
    if (this.#settled) queueMicrotask(() => taker.failed({ type: 'peer' }));
    return agreed;
  }

  /** Closes the socket, if there is no WebSocket on it. */
  abort(): void {
    if (!this.#settled) this.#socket.destroy();
  }

  #accept(): boolean {
    const taking = this.#taking;
    if (taking === null || this.#settled) return false;
    this.#letGo();
    const { framing } = taking.agreed;
    const webSocket = this.#socket.writable
      ? shakeHands(this.#upgrading, taking.agreed, this.response.getHeaders())
      : null;
    // Until here an error of the socket is ours; `ws` listens from the handshake on.
    this.#socket.off('error', this.#onError);
    // For the host it is one request that takes as long as the connection.
    if (this.#socket.closed) this.#tellTheHost();
    else if (this.#isWaitedFor()) this.#tellAtTheEnd();
    else this.#tellAtTheEndIfAnybodyIsThere();
    if (webSocket === null) taking.taker.failed({ type: this.#socket.writable ? 'failed' : 'peer' });
    else taking.taker.opened({ socket: this.#socket, webSocket, framing });
    return true;
  }

  /** Whether somebody else than us listens for the end of the response. */
  #isWaitedFor(): boolean {
    const { response } = this;
    response.off('finish', this.#onFinish);
    response.off('close', this.#onClose);
    return ['finish', 'close'].some((event) => response.listeners(event).some((listener) => !ours.has(listener)));
  }

  #tellAtTheEnd(): void {
    this.#socket.once('close', this.#onEnd);
  }

  /**
   * The request, its response and what middleware has hung on them are more than the connection: nothing of it is kept as
   * long as nobody listens. Who still has it in hand may do so later, and finds it ended when it is.
   */
  #tellAtTheEndIfAnybodyIsThere(): void {
    callAtTheEnd(this.#socket, new WeakRef(this.#onEnd));
    this.response.once('newListener', () => this.#tellAtTheEnd());
  }

  #tellTheHost(): void {
    if (this.#told) return;
    this.#told = true;
    this.response.emit('finish');
    this.#closeResponse();
  }

  /** Whoever looks later finds it destroyed, and whoever waits is told now. */
  #closeResponse(): void {
    this.response.destroy();
    this.response.emit('close');
  }

  /** Another upgrader of the server may have taken the socket meanwhile: then nothing of ours may be written to it. */
  #yieldIfTaken(): void {
    if (this.#settled || this.#socket.bytesWritten === this.#bytesBefore) return;
    this.#letGo();
    this.#taking?.taker.failed({ type: 'failed' });
    this.#closeResponse();
  }

  /** Answers without the response: whoever is still at work with it may go on, and finds it closed. */
  #tooLate(): void {
    if (this.response.headersSent) return;
    this.#letGo();
    this.#socket.end(
      'HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\nRetry-After: 5\r\n\r\n',
    );
    this.#socket.once('finish', () => this.#socket.destroy());
    this.#taking?.taker.failed({ type: 'failed' });
    this.#closeResponse();
  }

  #refused(): void {
    if (this.#settled) return;
    this.#letGo();
    const { destroySoon } = this.#socket as Partial<Socket>;
    if (destroySoon === undefined) this.#socket.end();
    else destroySoon.call(this.#socket);
    this.#taking?.taker.failed({ type: 'failed' });
    // As Node does it for its own: after whoever else has waited for the finish.
    process.nextTick(() => this.#closeResponse());
  }

  #fail(end: End): void {
    if (this.#settled) return;
    this.#letGo();
    this.#taking?.taker.failed(end);
  }

  #letGo(): void {
    this.#settled = true;
    clearTimeout(this.#deadline);
    this.#socket.off('drain', this.#onDrain);
    this.#socket.off('readable', this.#onReadable);
    this.#socket.off('end', this.#onError);
    if (this.response.socket !== null) this.response.detachSocket(this.#socket);
  }
}

/** Calls it when the socket is closed, if somebody still has it then. Nothing else may be in sight here: it would be kept. */
function callAtTheEnd(socket: Socket, run: WeakRef<() => void>): void {
  socket.once('close', () => run.deref()?.());
}
