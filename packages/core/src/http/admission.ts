import { RtError } from '@rt/protocol';
import type { Admission as Limits } from '../limits.ts';
import type { Clock } from '../runtime/clock.ts';
import { LoopDelay } from '../runtime/loop-delay.ts';

/** Counts who is there, and says who may come. Whoever is let in is counted until the returned function is called. */
export class Admission {
  readonly #limits: Limits;
  readonly #loopDelay: LoopDelay | null;
  readonly #users = new Map<string, number>();
  readonly #addresses = new Map<string, number>();
  #handshakes = 0;

  constructor(limits: Limits, clock: Clock) {
    this.#limits = limits;
    this.#loopDelay = limits.loopDelayMs === null ? null : new LoopDelay(clock);
  }

  /** One more connection of a user. @throws RtError `connections_too_many` */
  user(id: string | null): () => void {
    return count(this.#users, id, this.#limits.connectionsPerUser, 'this user');
  }

  /** One more connection from a network address. @throws RtError `connections_too_many`, `server_busy` */
  address(address: string | null): () => void {
    const { loopDelayMs, connectionsPerAddress } = this.#limits;
    const lateMs = this.#loopDelay?.lateMs ?? 0;
    if (loopDelayMs !== null && lateMs > loopDelayMs) {
      throw new RtError('server_busy', `this server is ${Math.round(lateMs)} ms late; come back later`);
    }
    const counted = connectionsPerAddress === null ? null : network(address);
    const leave = count(this.#addresses, counted, connectionsPerAddress, 'this address');
    const stopWatching = this.#loopDelay?.watch();
    return () => {
      leave();
      stopWatching?.();
    };
  }

  /** One more WebSocket that has not said who it is. @throws RtError `server_busy` */
  handshake(): () => void {
    const { pendingHandshakes } = this.#limits;
    if (pendingHandshakes !== null && this.#handshakes >= pendingHandshakes) {
      throw new RtError(
        'server_busy',
        `${this.#handshakes} connections have still to say who they are; come back later`,
      );
    }
    this.#handshakes += 1;
    return once(() => {
      this.#handshakes -= 1;
    });
  }
}

function count(rows: Map<string, number>, key: string | null, limit: number | null, whose: string): () => void {
  if (key === null) return () => {};
  const before = rows.get(key) ?? 0;
  if (limit !== null && before >= limit) {
    throw new RtError('connections_too_many', `${whose} has ${before} connections, and may have ${limit}; close some`);
  }
  rows.set(key, before + 1);
  return once(() => {
    const left = (rows.get(key) ?? 1) - 1;
    if (left > 0) rows.set(key, left);
    else rows.delete(key);
  });
}

function once(run: () => void): () => void {
  let called = false;
  return () => {
    if (called) return;
    called = true;
    run();
  };
}

/** An IPv4 address, or the first half of an IPv6 address: one customer usually has a whole /64. */
function network(address: string | null): string | null {
  if (address === null || !address.includes(':')) return address;
  if (/^::ffff:[\d.]+$/i.test(address)) return address.slice(address.lastIndexOf(':') + 1);
  const [head = '', tail] = address.split('%', 1)[0]?.split('::') ?? [];
  const groups = head.split(':').filter((group) => group !== '');
  const rest = tail?.split(':').filter((group) => group !== '') ?? [];
  const zeros = tail === undefined ? 0 : 8 - groups.length - rest.length;
  const all = [...groups, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...rest];
  return all
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':');
}
