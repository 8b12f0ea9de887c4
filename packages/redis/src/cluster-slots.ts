/** Where a server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A master, with the slots that it has: from the first to the last of each pair. */
export interface Shard {
  readonly address: Address;
  readonly slots: readonly (readonly [first: number, last: number])[];
}

export const slotCount = 16_384;
/** All that one master has that is no cluster. */
export const allSlots: Shard['slots'] = [[0, slotCount - 1]];

export function addressText({ host, port }: Address): string {
  return `${host}:${port}`;
}

/** The slot of a key, or of a pub/sub channel: of what stands in its first braces, if anything does. */
export function slotOf(name: string): number {
  const from = name.indexOf('{');
  const to = name.indexOf('}', from + 1);
  const tag = from >= 0 && to > from + 1 ? name.slice(from + 1, to) : name;
  // CRC-16/XMODEM, as Redis has chosen it.
  let sum = 0;
  for (const byte of Buffer.from(tag)) {
    sum ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum & 0x8000) === 0 ? sum << 1 : (sum << 1) ^ 0x1021;
    sum &= 0xffff;
  }
  return sum % slotCount;
}

/** Reads the answer to `CLUSTER SLOTS`. A master whose host it does not know is where the one is that was asked. */
export function parseSlots(reply: unknown, asked: Address): readonly Shard[] {
  const shards = new Map<string, { readonly address: Address; readonly slots: [number, number][] }>();
  for (const [first, last, [host, port]] of reply as readonly [number, number, readonly [string | null, number]][]) {
    const known = host !== null && host !== '' && host !== '?';
    const address = { host: known ? host : asked.host, port: Number(port) };
    const shard = shards.get(addressText(address)) ?? { address, slots: [] };
    shard.slots.push([Number(first), Number(last)]);
    shards.set(addressText(address), shard);
  }
  return [...shards.values()];
}

/** Where a server sends a command instead, if that is what its error says. */
export type Redirection = { readonly type: 'moved' | 'ask'; readonly address: Address } | { readonly type: 'again' };

export function redirectionOf(cause: unknown, asked: Address): Redirection | null {
  const text = cause instanceof Error ? cause.message : '';
  if (text.startsWith('TRYAGAIN')) return { type: 'again' };
  const found = /^(MOVED|ASK) \d+ (.*):(\d+)$/.exec(text);
  if (found === null) return null;
  const [, kind, host = '', port] = found;
  const address = { host: host === '' ? asked.host : host, port: Number(port) };
  return { type: kind === 'MOVED' ? 'moved' : 'ask', address };
}
