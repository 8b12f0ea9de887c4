import type { WireName } from './traffic.ts';

export type Role = 'control' | 'peer' | 'ours';

/** A server that is measured. */
export interface Contestant {
  readonly name: string;
  readonly role: Role;
  readonly wire: WireName;
  /** The file in contestants/ that opens it. */
  readonly file: string;
  /** Whether it runs on the older Node. */
  readonly old: boolean;
  /** Whether it compresses for clients that can. */
  readonly compress: boolean;
  /** Whether its log of record is in Redis. */
  readonly redis: boolean;
}

type Row = readonly [name: string, role: Role, file: string, wire: WireName, ...on: ('old' | 'compress' | 'redis')[]];

const rows: readonly Row[] = [
  ['net', 'control', 'raw-net', 'websocket'],
  ['net sse', 'control', 'raw-net', 'sse'],
  ['net on Node 20', 'control', 'raw-net', 'websocket', 'old'],
  ['ws', 'control', 'ws', 'websocket'],
  ['ws deflate', 'control', 'ws', 'websocket', 'compress'],
  ['socket.io', 'peer', 'socket-io', 'socket.io'],
  ['@fastify/websocket', 'peer', 'fastify-websocket', 'websocket'],
  ['nest platform-ws', 'peer', 'nest-ws', 'websocket'],
  ['uWebSockets.js', 'peer', 'uws', 'websocket', 'old'],
  ['express res.write', 'peer', 'express-write', 'sse'],
  ['better-sse', 'peer', 'better-sse', 'sse'],
  ['@fastify/sse', 'peer', 'fastify-sse', 'sse'],
  ['rt express', 'ours', 'rt-express', 'rt websocket'],
  ['rt fastify', 'ours', 'rt-fastify', 'rt websocket'],
  ['rt koa', 'ours', 'rt-koa', 'rt websocket'],
  ['rt nest', 'ours', 'rt-nest', 'rt websocket'],
  ['rt express deflate', 'ours', 'rt-express', 'rt websocket', 'compress'],
  ['rt express redis', 'ours', 'rt-express', 'rt websocket', 'redis'],
  ['rt express sse', 'ours', 'rt-express', 'rt sse'],
  ['rt fastify sse', 'ours', 'rt-fastify', 'rt sse'],
  ['rt koa sse', 'ours', 'rt-koa', 'rt sse'],
  ['rt nest sse', 'ours', 'rt-nest', 'rt sse'],
];

const contestants = new Map(
  rows.map(([name, role, file, wire, ...on]): [string, Contestant] => {
    const has = (what: (typeof on)[number]): boolean => on.includes(what);
    return [name, { name, role, file, wire, old: has('old'), compress: has('compress'), redis: has('redis') }];
  }),
);

export function contestant(name: string): Contestant {
  const found = contestants.get(name);
  if (found === undefined) throw new Error(`nobody is called ${name}`);
  return found;
}
